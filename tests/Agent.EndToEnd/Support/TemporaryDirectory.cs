using System.Text;

namespace Agent.EndToEnd.Support;

/// <summary>A directory of the test's own, removed at its end.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>In memory: for many or large files, whose flushing to a disk would be all that is measured.</summary>
    public const string Memory = "/dev/shm";

    public TemporaryDirectory(string? parent = null) =>
        Root = Directory.CreateDirectory(Path.Combine(parent ?? Path.GetTempPath(), $"ogrepo-e2e-{Guid.NewGuid():N}")).FullName;

    public string Root { get; }

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
    public string Write(string relative, string content) => Write(relative, Encoding.UTF8.GetBytes(content));

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
