namespace Agent.Tests.Support;

/// <summary>A directory of the test's own, removed at its end.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("ogrepo-test-").FullName;

    /// <summary>The absolute path of <paramref name="relative"/> inside the directory.</summary>
    public string this[string relative] => Path.Combine(Root, relative);

    /// <summary>Writes a file, with the directories above it, and returns its absolute path.</summary>
    public string Write(string relative, byte[] content)
    {
        var path = this[relative];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Writes a text file in UTF-8 and returns its absolute path.</summary>
    public string Write(string relative, string content) => Write(relative, System.Text.Encoding.UTF8.GetBytes(content));

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
