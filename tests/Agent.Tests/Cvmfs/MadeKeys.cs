using Agent.Cvmfs.Publishing.Signing;
using Agent.Tests.Support;

namespace Agent.Tests.Cvmfs;

/// <summary>Signing keys that are made once for all tests: making two RSA keys takes longer than most of the tests.</summary>
internal static class MadeKeys
{
    private static readonly Lazy<List<(string Name, byte[] Content)>> Files = new(() =>
    {
        using var directory = new TemporaryDirectory();
        new SigningKeys(directory["keys"]).Provide("images.example.org", new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
        return [.. Directory.EnumerateFiles(directory["keys"]).Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)))];
    });

    /// <summary>Keys in a directory of the test's own.</summary>
    public static SigningKeys In(string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (var (name, content) in Files.Value)
        {
            var path = Path.Combine(directory, name);
            File.WriteAllBytes(path, content);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        return new SigningKeys(directory);
    }
}
