using Agent.Indexing.Hashing;

namespace Agent.Benchmarks;

/// <summary>How near to its full MD5 alone come all digests of one image, and how much do they save against one program a digest?</summary>
internal static class IndexBenchmark
{
    private const string Announce = "http://127.0.0.1:6969/announce";

    public static async Task RunAsync(BenchmarkOptions options, CancellationToken cancellation)
    {
        var mebibytes = options.Scale > 0 ? options.Scale : 2048;
        using var files = TestFiles.Make(options.Directory, 1, mebibytes);
        var path = files.Paths[0];
        var pipeline = new DigestPipeline();
        await CheckAsync(pipeline, path, cancellation);
        await Contest.RunAsync(
            "One image, all digests",
            (long)mebibytes << 20,
            options.Rounds,
            cancellation,
            new("ogrepo-agent (tail, MD5, SHA-256, pieces)", () => pipeline.ComputeAsync(path, null, cancellation)),
            new("openssl md5", () => Command.RunAsync("openssl", "md5", path)),
            new("md5sum", () => Command.RunAsync("md5sum", path)),
            new("md5sum + ctorrent -t", () => LegacyAsync(path)),
            new("mktorrent (pieces alone, all cores)", () => MakeAsync(path, "mktorrent", "-a", Announce, "-l", "22", "-o")),
            new("transmission-create (pieces alone)", () => MakeAsync(path, "transmission-create", "-s", "4096", "-t", Announce, "-o")));
    }

    /// <summary>A fast wrong answer is none.</summary>
    private static async Task CheckAsync(DigestPipeline pipeline, string path, CancellationToken cancellation)
    {
        var digests = await pipeline.ComputeAsync(path, null, cancellation);
        if (!(await Command.RunAsync("md5sum", path)).StartsWith(digests.FullMd5Hex, StringComparison.Ordinal))
            throw new BenchmarkException("the MD5 differs from md5sum's");
        if (!(await Command.RunAsync("sha256sum", path)).StartsWith(digests.Sha256Hex, StringComparison.Ordinal))
            throw new BenchmarkException("the SHA-256 differs from sha256sum's");
    }

    /// <summary>A program that makes a torrent and no sums.</summary>
    private static Task<string> MakeAsync(string path, string program, params string[] arguments)
    {
        var torrent = path + ".torrent";
        File.Delete(torrent);
        return Command.RunAsync(program, [.. arguments, torrent, path]);
    }

    private static async Task LegacyAsync(string path)
    {
        var torrent = path + ".torrent";
        File.Delete(torrent);
        await Command.RunAsync("md5sum", path);
        await Command.RunAsync("ctorrent", "-t", path, "-u", Announce, "-s", torrent, "-l", "4194304");
    }
}
