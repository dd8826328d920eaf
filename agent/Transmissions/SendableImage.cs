using Agent.Common;

namespace Agent.Transmissions;

/// <summary>Looks at an image before it is sent: the senders themselves notice a bad one only when receivers have come.</summary>
internal static class SendableImage
{
    /// <summary>The image as it is now.</summary>
    /// <exception cref="TransmissionException">There is no such file, it is empty, locked or not readable.</exception>
    public static FileStamp Check(string path)
    {
        if (FileStatus.Of(path) is not { } status)
            throw Unusable($"there is no image {path}");
        if (!status.IsRegular)
            throw Unusable($"{path} is not a file; only images that are files can be sent");
        if (File.Exists($"{path}.lock"))
            throw Unusable($"{path} is locked, because it is being written or used");
        if (status.Stamp.Length == 0)
            throw Unusable($"{path} is empty");
        try
        {
            using var file = File.OpenHandle(path);
            return status.Stamp;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"{path} cannot be read: {e.Message}");
        }
    }

    private static TransmissionException Unusable(string message) => new(TransmissionError.ImageUnusable, message);
}
