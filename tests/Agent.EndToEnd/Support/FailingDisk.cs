using System.Globalization;
using System.Text.RegularExpressions;

namespace Agent.EndToEnd.Support;

/// <summary>
/// A file system on a device that loses its end: the loop device then answers with an I/O error, as a disk does whose sectors have died, and
/// as on a disk what is written there anew can be read again. Needs root, and is unmounted at the end of the test.
/// </summary>
internal sealed partial class FailingDisk : IAsyncDisposable
{
    /// <summary>Bytes of a block of the file system.</summary>
    public const int Block = 4096;

    private readonly TemporaryDirectory _directory = new();

    private FailingDisk(string root) => Root = Directory.CreateDirectory(root).FullName;

    /// <summary>Where it is mounted.</summary>
    public string Root { get; }

    private string Device => _directory["device"];

    public static async Task<FailingDisk> MountAsync(int megabytes, string at)
    {
        var disk = new FailingDisk(at);
        await ExternalProgram.RunAsync("truncate", "-s", $"{megabytes}M", disk.Device);
        await ExternalProgram.RunAsync("mke2fs", "-q", "-F", "-t", "ext4", "-b", $"{Block}", "-O", "^has_journal", disk.Device);
        await ExternalProgram.RunAsync("mount", "-o", "loop", disk.Device, disk.Root);
        return disk;
    }

    /// <summary>Loses the device from where <paramref name="offset"/> of a file is stored, and the kernel's copy of the file.</summary>
    /// <returns>Offsets in the file of all blocks that cannot be read any more.</returns>
    public async Task<IReadOnlyList<long>> LoseAsync(string file, long offset)
    {
        await ExternalProgram.RunAsync("sync", "-f", file);
        var blocks = await BlocksAsync(file);
        var first = blocks[offset / Block];
        await ExternalProgram.RunAsync("truncate", "-s", $"{first * Block}", Device);
        await ExternalProgram.RunAsync("dd", $"of={file}", "oflag=nocache", "conv=notrunc", "count=0");
        return [.. blocks.Where(block => block.Value >= first).Select(block => block.Key * Block).Order()];
    }

    public async ValueTask DisposeAsync()
    {
        await ExternalProgram.RunAsync("umount", "-l", Root);
        _directory.Dispose();
    }

    /// <summary>Where on the device each block of a file is.</summary>
    private static async Task<Dictionary<long, long>> BlocksAsync(string file)
    {
        var map = (await ExternalProgram.RunAsync("filefrag", "-e", $"-b{Block}", file)).Output;
        var blocks = new Dictionary<long, long>();
        foreach (Match extent in Extent().Matches(map))
        {
            var (from, to, at) = (Number(extent, 1), Number(extent, 2), Number(extent, 3));
            for (var block = from; block <= to; block++)
                blocks[block] = at + block - from;
        }
        return blocks;
    }

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\s*\d+:\s*(\d+)\.\.\s*(\d+):\s*(\d+)\.\.", RegexOptions.Multiline)]
    private static partial Regex Extent();
}
