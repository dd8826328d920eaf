using Agent.Images;
using Agent.Indexing;
using Agent.Indexing.Checking;
using Agent.Indexing.Hashing;

namespace Agent.Benchmarks;

/// <summary>How much faster than <c>md5sum -c</c> is an image checked, every byte of it?</summary>
internal static class CheckBenchmark
{
    public static async Task RunAsync(BenchmarkOptions options, CancellationToken cancellation)
    {
        var mebibytes = options.Scale > 0 ? options.Scale : 2048;
        using var files = TestFiles.Make(options.Directory, 1, mebibytes);
        var path = files.Paths[0];
        var pipeline = new DigestPipeline();
        var directory = new ImageDirectory(files.Root);
        var image = await IndexAsync(directory, pipeline, path, cancellation);
        var check = new ImageCheck(
            directory, pipeline, new PieceVerifier(HashingThreads.Shared, new StreamLimits(), ReadPace.Unlimited), ReadPace.Unlimited, TimeProvider.System);
        await File.WriteAllTextAsync(path + ".md5", $"{image.Digests!.FullMd5}  {path}\n", cancellation);
        await ProveAsync(check, image, path, cancellation);
        await Contest.RunAsync(
            "One image, checked",
            (long)mebibytes << 20,
            options.Rounds,
            cancellation,
            new("ogrepo-agent (pieces, tail, sidecars)", () => CheckAsync(check, image, full: false, cancellation)),
            new("ogrepo-agent --full", () => CheckAsync(check, image, full: true, cancellation)),
            new("md5sum -c", () => Command.RunAsync("md5sum", "-c", path + ".md5")),
            new("ctorrent -c (pieces alone)", () => Command.RunAsync("ctorrent", "-c", path + ".torrent", "-s", path)),
            new("sha1sum", () => Command.RunAsync("sha1sum", path)));
    }

    private static async Task<Image> IndexAsync(ImageDirectory directory, DigestPipeline pipeline, string path, CancellationToken cancellation)
    {
        if (!ImageId.TryParse(Path.GetFileName(path), out var id))
            throw new BenchmarkException($"{path} is no name of an image");
        var digests = await pipeline.ComputeAsync(path, null, cancellation);
        var (known, sidecars) = new SidecarWriter(directory).Write(id, digests, new TorrentAddresses("http://127.0.0.1:6969/announce", null));
        return new Image { Id = id, Stamp = digests.Stamp, Facts = ImageFacts.None, Digests = known, Sidecars = sidecars, Check = CheckMark.Good(DateTimeOffset.UtcNow) };
    }

    private static async Task CheckAsync(ImageCheck check, Image image, bool full, CancellationToken cancellation)
    {
        if (!(await check.RunAsync(image, full, ReadPriority.Requested, null, cancellation)).IsClean)
            throw new BenchmarkException("a good image did not pass");
    }

    /// <summary>A check that finds nothing is fast.</summary>
    private static async Task ProveAsync(ImageCheck check, Image image, string path, CancellationToken cancellation)
    {
        var modified = File.GetLastWriteTimeUtc(path);
        Flip(path, image.Stamp.Length / 2);
        File.SetLastWriteTimeUtc(path, modified);
        var rotten = await check.RunAsync(image with { Stamp = Common.FileStamp.Of(path)!.Value }, full: false, ReadPriority.Requested, null, cancellation);
        if (rotten.BadPieces.Count != 1)
            throw new BenchmarkException($"a flipped bit made {rotten.BadPieces.Count} pieces bad");
        Flip(path, image.Stamp.Length / 2);
        Common.ModificationTime.Set(path, image.Stamp.ModifiedNanoseconds);
    }

    private static void Flip(string path, long place)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = place;
        var value = file.ReadByte();
        file.Position = place;
        file.WriteByte((byte)(value ^ 1));
    }
}
