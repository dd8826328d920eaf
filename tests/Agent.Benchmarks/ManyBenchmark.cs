using System.Security.Cryptography;
using Agent.Indexing.Hashing;

namespace Agent.Benchmarks;

/// <summary>How much faster than <c>md5sum</c>, two at a time, are all digests of sixteen images that wait together?</summary>
internal static class ManyBenchmark
{
    private const int Images = 16;

    public static async Task RunAsync(BenchmarkOptions options, CancellationToken cancellation)
    {
        var mebibytes = options.Scale > 0 ? options.Scale : 256;
        using var files = TestFiles.Make(options.Directory, Images, mebibytes);
        var pipeline = new DigestPipeline();
        await CheckAsync(pipeline, files.Paths, cancellation);
        await Contest.RunAsync(
            $"{Images} images, all digests",
            (long)mebibytes * Images << 20,
            options.Rounds,
            cancellation,
            new("ogrepo-agent (tail, MD5, SHA-256, pieces)", () => ComputeAsync(pipeline, files.Paths, cancellation)),
            new("ogrepo-agent, one image after the other", () => OneByOneAsync(pipeline, files.Paths, cancellation)),
            new("md5sum, two at a time", () => Command.RunAsync("sh", ["-c", "printf '%s\\0' \"$@\" | xargs -0 -n 1 -P 2 md5sum", "sh", .. files.Paths])),
            new("limit of OpenSSL's SHA-1 + SHA-256 alone", () => ShaAloneAsync((long)mebibytes * Images)));
    }

    private static async Task<List<DigestOutcome>> ComputeAsync(DigestPipeline pipeline, IEnumerable<string> paths, CancellationToken cancellation)
    {
        var outcomes = new List<DigestOutcome>();
        await foreach (var outcome in pipeline.ComputeManyAsync(Requests(paths), cancellation))
            outcomes.Add(outcome.Failure is { } failure ? throw failure : outcome);
        return outcomes;
    }

#pragma warning disable CS1998 // nothing to wait for: all are known
    private static async IAsyncEnumerable<DigestRequest> Requests(IEnumerable<string> paths)
    {
        foreach (var path in paths)
            yield return new DigestRequest(path);
    }
#pragma warning restore CS1998

    private static async Task OneByOneAsync(DigestPipeline pipeline, IEnumerable<string> paths, CancellationToken cancellation)
    {
        foreach (var path in paths)
            await pipeline.ComputeAsync(path, null, cancellation);
    }

    /// <summary>A fast wrong answer is none.</summary>
    private static async Task CheckAsync(DigestPipeline pipeline, List<string> paths, CancellationToken cancellation)
    {
        foreach (var outcome in await ComputeAsync(pipeline, paths, cancellation))
        {
            if (!(await Command.RunAsync("md5sum", outcome.Request.Path)).StartsWith(outcome.Digests!.FullMd5Hex, StringComparison.Ordinal))
                throw new BenchmarkException("the MD5 differs from md5sum's");
            if (!(await Command.RunAsync("sha256sum", outcome.Request.Path)).StartsWith(outcome.Digests.Sha256Hex, StringComparison.Ordinal))
                throw new BenchmarkException("the SHA-256 differs from sha256sum's");
        }
    }

    /// <summary>What the SHA instructions can do one stream a core, on bytes that lie in the cache: no reading, no MD5.</summary>
    private static Task ShaAloneAsync(long mebibytes)
    {
        var cores = Environment.ProcessorCount;
        return Task.WhenAll(Enumerable.Range(0, cores).Select(_ => Task.Run(() =>
        {
            var block = new byte[1 << 18];
            using var sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
            using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (var i = 0L; i < mebibytes * 4 / cores; i++)
            {
                sha1.AppendData(block);
                sha256.AppendData(block);
            }
        })));
    }
}
