namespace Agent.BitTorrent.Downloading;

/// <summary>A download cannot be brought to its end; the message says why. What was verified is kept, and a later try goes on there.</summary>
public sealed class DownloadException : Exception
{
    /// <summary>An error with a message for people.</summary>
    public DownloadException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
