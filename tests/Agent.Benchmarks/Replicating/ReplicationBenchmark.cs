namespace Agent.Benchmarks.Replicating;

/// <summary>How fast does an image come to another repository, and to four, against what copies files today; and how much does that cost its source?</summary>
internal static class ReplicationBenchmark
{
    private const int UsualMebibytes = 512;
    private const int Receivers = 4;

    public static async Task RunAsync(BenchmarkOptions options, CancellationToken cancellation)
    {
        var mebibytes = options.Scale > 0 ? options.Scale : UsualMebibytes;
        using var files = TestFiles.Make(options.Directory, 1, mebibytes);
        await using var sshd = await BenchSshd.StartAsync(Path.Combine(files.Root, "sshd"));
        await using var source = await BenchAgent.StartAsync(Path.Combine(files.Root, "source"), Directory.CreateDirectory(Path.Combine(files.Root, "images")).FullName);
        var image = Path.Combine(source.Images, "image.img");
        File.Move(files.Paths[0], image);
        await source.WaitForAsync("image.img");
        var agents = new List<BenchAgent>();
        try
        {
            for (var i = 0; i < Receivers; i++)
                agents.Add(await BenchAgent.StartAsync(Path.Combine(files.Root, $"agent{i}")));
            var bench = new ReplicationContest(image, source, agents, new Copies(sshd, files.Root));
            await bench.OneAsync((long)mebibytes << 20, options.Rounds, cancellation);
            await bench.ManyAsync((long)mebibytes << 20, options.Rounds, cancellation);
        }
        finally
        {
            foreach (var agent in agents)
                await agent.DisposeAsync();
        }
    }
}

/// <summary>The two questions: one copy, and one for each of several.</summary>
internal sealed class ReplicationContest(string image, BenchAgent source, List<BenchAgent> agents, Copies copies)
{
    private const string Name = "image.img";

    private readonly List<double> _uploads = [];

    public Task OneAsync(long bytes, int rounds, CancellationToken cancellation) => Contest.RunAsync(
        "One image to one repository", bytes, rounds, cancellation,
        new("ogrepo-agent import (verified, summed)", () => ImportAsync(agents[0], isSpread: false)),
        new("rsync over ssh", () => copies.RsyncAsync(image, 0)),
        new("rsync over ssh, then md5sum", async () =>
        {
            await copies.RsyncAsync(image, 0);
            await Command.RunAsync("md5sum", copies.PathOf(0));
        }),
        new("scp", () => copies.ScpAsync(image, 0)),
        new("curl", () => copies.CurlAsync(new Uri(source.Url, $"images/{Name}"), 0)),
        new("curl, then md5sum", async () =>
        {
            await copies.CurlAsync(new Uri(source.Url, $"images/{Name}"), 0);
            await Command.RunAsync("md5sum", copies.PathOf(0));
        }));

    public async Task ManyAsync(long bytes, int rounds, CancellationToken cancellation)
    {
        await Contest.RunAsync(
            $"One image to {agents.Count} repositories", bytes, rounds, cancellation,
            new($"ogrepo-agent, {agents.Count} imports at once", async () =>
            {
                var fromSource = await Task.WhenAll(agents.Select(agent => ImportAsync(agent, isSpread: true)));
                _uploads.Add(fromSource.Sum() / (double)bytes);
            }),
            new($"{agents.Count} rsync over ssh at once", () => Task.WhenAll(agents.Select((_, i) => copies.RsyncAsync(image, i)))),
            new($"{agents.Count} rsync, then md5sum", () => Task.WhenAll(agents.Select(async (_, i) =>
            {
                await copies.RsyncAsync(image, i);
                await Command.RunAsync("md5sum", copies.PathOf(i));
            }))));
        Console.WriteLine($"  sent by the source: {_uploads.Average():F2} copies (at most {_uploads.Max():F2}); by rsync {agents.Count}");
    }

    private static async Task<long> ImportAsync(BenchAgent agent, BenchAgent source, bool isSpread)
    {
        var fromSource = await agent.ImportAsync(source, Name, isSpread);
        await agent.DeleteAsync(Name);
        return fromSource;
    }

    private Task<long> ImportAsync(BenchAgent agent, bool isSpread) => ImportAsync(agent, source, isSpread);
}

/// <summary>Copies files by the programs that do so today, each to a file that was not there before.</summary>
internal sealed class Copies(BenchSshd sshd, string root)
{
    public string PathOf(int copy) => Path.Combine(root, $"copy{copy}.img");

    public Task RsyncAsync(string file, int copy)
    {
        File.Delete(PathOf(copy));
        return Command.RunAsync("rsync", "-e", $"ssh -p {sshd.Port} {string.Join(' ', sshd.Options)}", $"127.0.0.1:{file}", PathOf(copy));
    }

    public Task ScpAsync(string file, int copy)
    {
        File.Delete(PathOf(copy));
        return Command.RunAsync("scp", ["-q", "-P", $"{sshd.Port}", .. sshd.Options, $"127.0.0.1:{file}", PathOf(copy)]);
    }

    public Task CurlAsync(Uri url, int copy)
    {
        File.Delete(PathOf(copy));
        return Command.RunAsync("curl", "-s", "-f", "-o", PathOf(copy), url.AbsoluteUri);
    }
}
