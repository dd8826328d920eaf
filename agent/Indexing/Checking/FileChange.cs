using Agent.Common;

namespace Agent.Indexing.Checking;

/// <summary>How a file differs from the one that was indexed, as far as can be told without reading it. Somebody did that; rot does none of it.</summary>
public enum FileChange
{
    /// <summary>It has fewer bytes.</summary>
    Truncated,

    /// <summary>It has more bytes.</summary>
    Grown,

    /// <summary>Another file stands in its place.</summary>
    Replaced,

    /// <summary>It has another modification time, and the same size.</summary>
    Rewritten,
}

/// <summary>Tells what was done to a file by its stamps.</summary>
public static class FileChanges
{
    /// <summary>The change that leads from one stamp to another; null where there is none.</summary>
    public static FileChange? Between(FileStamp known, FileStamp now) => known == now ? null
        : now.Inode != known.Inode ? FileChange.Replaced
        : now.Length < known.Length ? FileChange.Truncated
        : now.Length > known.Length ? FileChange.Grown
        : FileChange.Rewritten;

    /// <summary>The change in a sentence.</summary>
    public static string Describe(this FileChange change, FileStamp known, FileStamp now) => change switch
    {
        FileChange.Replaced => $"it was replaced by another file: {known.Length} bytes of {Time(known)} before, {now.Length} bytes of {Time(now)} now",
        FileChange.Truncated => $"it was cut from {known.Length} to {now.Length} bytes at {Time(now)}",
        FileChange.Grown => $"it grew from {known.Length} to {now.Length} bytes at {Time(now)}",
        _ => $"it was written to at {Time(now)}, or its modification time was set; before it was {Time(known)}",
    };

    private static string Time(FileStamp stamp) => stamp.Modified.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture);
}
