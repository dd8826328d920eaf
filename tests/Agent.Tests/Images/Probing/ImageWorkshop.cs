using System.Globalization;
using System.Text.RegularExpressions;
using Agent.Images.Probing;
using Agent.Tests.Support;

namespace Agent.Tests.Images.Probing;

/// <summary>Makes file systems in plain files and images of them with the real programs, each once for all tests of a class.</summary>
public sealed partial class ImageWorkshop : IDisposable
{
    /// <summary>Everything but the clone, which each test names itself.</summary>
    public static readonly string[] FileSystems = ["ext4", "ntfs", "fat32", "btrfs", "xfs"];

    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, string> _made = [];

    public string this[string relative] => _directory[relative];

    /// <summary>A sparse file that holds a fresh file system with some data where its mkfs can copy it in.</summary>
    public string FileSystem(string kind) => Once($"{kind}.raw", path =>
    {
        using (var file = File.Create(path))
            file.SetLength((kind == "xfs" ? 300L : kind == "btrfs" ? 128 : 64) * 1024 * 1024);
        _ = kind switch
        {
            "ext4" => Programs.Run("mke2fs", "-q", "-t", "ext4", "-d", Data(), path),
            "ntfs" => Programs.Run("mkntfs", "-F", "-Q", "-q", path),
            "fat32" => Programs.Run("mkfs.vfat", "-F", "32", path),
            "btrfs" => Programs.Run("mkfs.btrfs", "-q", "--rootdir", Data(), path),
            "xfs" => Programs.Run("mkfs.xfs", "-q", path),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
    });

    /// <summary>A partclone image, uncompressed.</summary>
    public string Partclone(string kind, params string[] options) => Once($"{kind}{string.Concat(options)}.partclone", path =>
    {
        var tool = kind switch { "ext4" => "extfs", "fat32" => "fat", _ => kind };
        Programs.Run($"partclone.{tool}", ["-q", "-L", "/dev/null", .. options, "-c", "-s", FileSystem(kind), "-O", path]);
    });

    /// <summary>
    /// A compressed copy of a file, by a command line such as <c>lzop -9</c> that writes to standard output with <c>-c</c>.
    /// </summary>
    public string Compressed(string source, string command) => Once($"{Path.GetFileName(source)}.{command.Replace(' ', '_')}", path =>
        Programs.Run("sh", "-c", $"{command} -c < \"$1\" > \"$2\"", "sh", source, path));

    /// <summary>What <c>partclone.info</c> says of an image, in the words of the probe.</summary>
    public static HeaderFacts PartcloneInfo(string path)
    {
        var text = Programs.Run("partclone.info", "-L", "/dev/null", "-s", path);
        long Number(Regex line) => long.Parse(line.Match(text).Groups[1].Value, CultureInfo.InvariantCulture);
        var fileSystem = FileSystemLine().Match(text).Groups[1].Value.ToUpperInvariant();
        return new HeaderFacts("partclone", "none", fileSystem, Number(UsedLine()) * Number(BlockSizeLine()));
    }

    public static HeaderFacts Probe(string path)
    {
        using var file = File.OpenHandle(path);
        return HeaderProbe.Probe(file);
    }

    public void Dispose() => _directory.Dispose();

    private string Data() => Once("data", path =>
    {
        Directory.CreateDirectory(path);
        var random = new byte[3_000_000];
        new Random(1).NextBytes(random);
        File.WriteAllBytes(Path.Combine(path, "random"), random);
        File.WriteAllLines(Path.Combine(path, "text"), Enumerable.Range(0, 50_000).Select(number => $"line {number}"));
    });

    private string Once(string name, Action<string> make)
    {
        lock (_made)
        {
            if (!_made.TryGetValue(name, out var path))
            {
                path = _directory[name];
                make(path);
                _made.Add(name, path);
            }
            return path;
        }
    }

    [GeneratedRegex(@"^File system:\s+(\S+)", RegexOptions.Multiline)]
    private static partial Regex FileSystemLine();

    [GeneratedRegex(@"^Space in use:.* = (\d+) Blocks", RegexOptions.Multiline)]
    private static partial Regex UsedLine();

    [GeneratedRegex(@"^Block size:\s+(\d+) Byte", RegexOptions.Multiline)]
    private static partial Regex BlockSizeLine();
}
