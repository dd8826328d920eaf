using Agent.Images;
using Agent.Jobs;
using Agent.Replication.Remotes;

namespace Agent.Replication.Importing;

/// <summary>How an imported image is called here.</summary>
internal static class ImportTarget
{
    /// <summary>As it is called there, in the organisational unit that was asked for.</summary>
    /// <exception cref="JobFailedException">That is no name of an image.</exception>
    public static ImageId Of(ImportOrder order, RemoteImage image)
    {
        if (!ImageId.TryParse(image.Path, out var there))
            throw new JobFailedException($"\"{image.Path}\" is no path of an image that can be copied");
        var path = order.Ou switch { null => there.RelativePath, "" => there.FileName, var ou => $"{ou}/{there.FileName}" };
        return ImageId.TryParse(path, out var here)
            ? here
            : throw new JobFailedException($"\"{order.Ou}\" cannot be an organisational unit: that is one directory, and not a hidden one");
    }
}
