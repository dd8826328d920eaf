using System.Diagnostics;
using Agent.BitTorrent.Metainfo;
using Agent.Tests.BitTorrent.Support;
using Agent.Tests.Support;

namespace Agent.Tests.BitTorrent.Metainfo;

/// <summary>The info-hash is the same whichever program makes the torrent.</summary>
public sealed class OtherProgramsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [NeedsTheory("/usr/bin/ctorrent", "/usr/bin/mktorrent")]
    [InlineData(1)]
    [InlineData(4 * 1024 * 1024 - 1)]
    [InlineData(4 * 1024 * 1024)]
    [InlineData(4 * 1024 * 1024 + 1)]
    [InlineData(13_000_000)]
    public void Other_programs_give_the_same_info_hash(int length)
    {
        var image = TestImage.Create(_directory, "linux ñ.img", length);
        var (ctorrent, mktorrent) = (_directory["c.torrent"], _directory["m.torrent"]);

        Run("/usr/bin/ctorrent", "-t", image.Path, "-u", "http://10.0.0.1:6969/announce", "-s", ctorrent, "-c", "x", "-l", "4194304");
        Run("/usr/bin/mktorrent", "-l", "22", "-a", "http://10.0.0.1:6969/announce", "-o", mktorrent, image.Path);

        Assert.Equal(image.InfoHash, TorrentMetainfo.ReadFile(ctorrent).InfoHash);
        Assert.Equal(image.InfoHash, TorrentMetainfo.ReadFile(mktorrent).InfoHash);
    }

    [NeedsFact("/usr/bin/ctorrent")]
    public void Ctorrent_reads_what_is_written()
    {
        var image = TestImage.Create(_directory, "linux.img", 5_000_000);

        var printed = Run("/usr/bin/ctorrent", "-x", image.TorrentPath);

        Assert.Contains("<1> linux.img [5000000]", printed, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower(image.Md5), printed, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var printed = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)), $"{program} does not end");
        Assert.True(process.ExitCode == 0, $"{program}: {printed}{errors.Result}");
        return printed;
    }
}
