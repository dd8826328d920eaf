using System.Globalization;
using System.Text.RegularExpressions;

namespace Agent.EndToEnd.Support;

/// <summary>What <c>partclone.info</c> says of an image.</summary>
public sealed record PartcloneFacts(string FileSystem, long DataSize);

/// <summary>
/// Images as ogLive makes them, made once for all tests: an ext4 file system on a plain file, cloned by partclone, compressed. Some MB
/// each. They are to be copied, never changed.
/// </summary>
public sealed partial class RealImages
{
    /// <summary>The programs that this needs.</summary>
    public const string MakeFileSystem = "mke2fs", Clone = "partclone.extfs", Inform = "partclone.info", Lzop = "lzop", Zstd = "zstd";

    private static readonly Lazy<Task<RealImages>> Once = new(MakeAsync);

    private readonly string _directory;

    private RealImages(string directory, PartcloneFacts facts) => (_directory, Facts) = (directory, facts);

    /// <summary>Compressed by lzop, gzip, zstd, and not at all.</summary>
    public string LzopImage => Path.Combine(_directory, "lzop.img");

    /// <inheritdoc cref="LzopImage"/>
    public string GzipImage => Path.Combine(_directory, "gzip.img");

    /// <inheritdoc cref="LzopImage"/>
    public string ZstdImage => Path.Combine(_directory, "zstd.img");

    /// <inheritdoc cref="LzopImage"/>
    public string PlainImage => Path.Combine(_directory, "plain.img");

    /// <summary>What is in all of them.</summary>
    public PartcloneFacts Facts { get; }

    public static Task<RealImages> GetAsync() => Once.Value;

    private static async Task<RealImages> MakeAsync()
    {
        var directory = new TemporaryDirectory();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => directory.Dispose();
        await ExternalProgram.ShellAsync(
            """
            cd "$DIR"
            mkdir -p tree/etc
            head -c 9000000 /dev/urandom >tree/data
            seq 100000 >tree/etc/numbers
            mke2fs -q -t ext4 -d tree disk 32M 2>&1
            partclone.extfs -q -c -s disk -o plain.img -L clone.log >out 2>&1 || { cat out >&2; exit 1; }
            lzop -q -o lzop.img plain.img
            gzip -c plain.img >gzip.img
            zstd -q -o zstd.img plain.img
            """,
            ("DIR", directory.Root));
        return new RealImages(directory.Root, await InformAsync(directory["plain.img"]));
    }

    /// <summary>Asks partclone itself about a plain image.</summary>
    private static async Task<PartcloneFacts> InformAsync(string image)
    {
        var told = await ExternalProgram.RunAsync(Inform, "-s", image, "-L", "/dev/null");
        var text = told.Output + told.Errors;
        var blocks = long.Parse(UsedBlocks().Match(text).Groups[1].Value, CultureInfo.InvariantCulture);
        var size = long.Parse(BlockSize().Match(text).Groups[1].Value, CultureInfo.InvariantCulture);
        return new PartcloneFacts(FileSystem().Match(text).Groups[1].Value, blocks * size);
    }

    [GeneratedRegex(@"File system:\s+(\S+)")]
    private static partial Regex FileSystem();

    [GeneratedRegex(@"Space in use:.*= (\d+) Blocks")]
    private static partial Regex UsedBlocks();

    [GeneratedRegex(@"Block size:\s+(\d+) Byte")]
    private static partial Regex BlockSize();
}
