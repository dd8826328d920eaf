namespace Agent.Benchmarks;

/// <summary>Files of random bytes in a directory of their own, in the page cache because they were just written; removed at the end.</summary>
internal sealed class TestFiles : IDisposable
{
    private const string Prefix = "ogrepo-bench-";

    private TestFiles(string directory) => Root = directory;

    public string Root { get; }

    public List<string> Paths { get; } = [];

    public static TestFiles Make(string directory, int count, int mebibytes)
    {
        RemoveLeftovers(directory);
        var files = new TestFiles(Directory.CreateDirectory(Path.Combine(directory, $"{Prefix}{Environment.ProcessId}")).FullName);
        try
        {
            for (var i = 0; i < count; i++)
                files.Paths.Add(Write(Path.Combine(files.Root, $"image{i:D2}.img"), mebibytes, seed: i + 1));
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Gigabytes of memory that runs which were killed still hold.</summary>
    private static void RemoveLeftovers(string directory)
    {
        foreach (var left in Directory.EnumerateDirectories(directory, $"{Prefix}*").Where(left => !Directory.Exists($"/proc/{Path.GetFileName(left)[Prefix.Length..]}")))
            Directory.Delete(left, recursive: true);
    }

    private static string Write(string path, int mebibytes, int seed)
    {
        var random = new Random(seed);
        var block = new byte[1 << 20];
        using var file = File.Create(path);
        for (var i = 0; i < mebibytes; i++)
        {
            random.NextBytes(block);
            file.Write(block);
        }
        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
