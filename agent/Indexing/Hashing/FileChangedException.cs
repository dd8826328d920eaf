namespace Agent.Indexing.Hashing;

/// <summary>A file became another while it was read, so that its digests would belong to no content at all. Reading it again later may succeed.</summary>
public sealed class FileChangedException : IOException
{
    /// <summary>Names the file and what was seen.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What happened, as the end of a sentence that begins with the path: <c>was cut to 5 bytes</c>.</param>
    public FileChangedException(string path, string what)
        : base($"'{path}' {what} while it was being read") => Path = path;

    /// <summary>The file that changed.</summary>
    public string Path { get; }
}
