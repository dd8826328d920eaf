using System.Net;
using System.Net.Sockets;
using Agent.BitTorrent.Metainfo;
using Agent.Indexing.Hashing;

namespace Agent.Benchmarks.Seeding;

/// <summary>How fast, how cheap and how fair is the seeder, against the programs that seed images today?</summary>
internal static class SeedBenchmark
{
    private const int UsualMebibytes = 1024;
    private const int IdleConnections = 500;

    private static readonly (int Connections, int Depth)[] Loads = [(4, 64), (16, 32), (100, 16), (200, 16)];
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TimeToCheck = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(BenchmarkOptions options, CancellationToken cancellation)
    {
        var mebibytes = options.Scale > 0 ? options.Scale : UsualMebibytes;
        using var files = TestFiles.Make(options.Directory, 1, mebibytes);
        var torrent = await MakeTorrentAsync(files.Paths[0], cancellation);
        Console.WriteLine($"Blocks of 16 KiB from one file of {mebibytes} MiB in the page cache, over loopback, {Environment.ProcessorCount} cores; medians of {options.Rounds} rounds");
        Console.WriteLine($"  {"",-22} {"connections x depth",20} {"MiB/s",8} {"CPU s/GiB",10} {"slowest/mean",13}");
        foreach (var (connections, depth) in Loads)
            await CompareAsync(torrent, files.Paths[0], connections, depth, options, cancellation);
        await MeasureIdleAsync(torrent, files.Paths[0]);
    }

    /// <summary>Interleaved rounds, so that a slow minute of the machine meets all alike.</summary>
    private static async Task CompareAsync(string torrent, string file, int connections, int depth, BenchmarkOptions options, CancellationToken cancellation)
    {
        var seeders = RivalSeeder.All.Where(seeder => options.Only is "" || seeder.Name == options.Only).ToList();
        var results = seeders.ToDictionary(seeder => seeder.Name, _ => new List<DrainResult>());
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var seeder in seeders)
            {
                cancellation.ThrowIfCancellationRequested();
                results[seeder.Name].Add(await MeasureAsync(seeder, torrent, file, connections, depth));
            }
        }
        foreach (var (name, all) in results)
        {
            Console.WriteLine(
                $"  {name,-22} {$"{connections} x {depth}",20} {Median(all, r => r.MebibytesPerSecond),8:F0} {Median(all, r => r.CpuPerGibibyte),10:F2} {Median(all, r => r.Slowest),13:F2}");
        }
    }

    private static async Task<DrainResult> MeasureAsync(RivalSeeder seeder, string torrent, string file, int connections, int depth)
    {
        var (process, client) = Start(seeder, torrent, file);
        await using (process)
        {
            await client.WaitUntilReadyAsync(TimeToCheck);
            return await client.RunAsync(connections, depth, Duration, process.Id);
        }
    }

    private static async Task MeasureIdleAsync(string torrent, string file)
    {
        var (process, client) = Start(RivalSeeder.Own, torrent, file);
        await using (process)
        {
            await client.WaitUntilReadyAsync(TimeToCheck);
            var before = ProcessTimes.ResidentBytes(process.Id);
            var sockets = await client.IdleAsync(IdleConnections);
            var perConnection = (ProcessTimes.ResidentBytes(process.Id) - before) / 1024.0 / IdleConnections;
            Console.WriteLine($"  {IdleConnections} idle connections: {perConnection:F1} KiB of resident memory each, in ogrepo-agent");
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    private static (ChildProcess Process, DrainClient Client) Start(RivalSeeder seeder, string torrent, string file)
    {
        var metainfo = TorrentMetainfo.ReadFile(torrent);
        var port = FreePort();
        var process = ChildProcess.Start(seeder.Program, seeder.Arguments(torrent, file, port), Path.GetDirectoryName(file)!);
        return (process, new DrainClient(new IPEndPoint(IPAddress.Loopback, port), metainfo.InfoHash.ToArray(), metainfo.Length));
    }

    internal static async Task<string> MakeTorrentAsync(string file, CancellationToken cancellation)
    {
        var digests = await new DigestPipeline().ComputeAsync(file, null, cancellation);
        var builder = new MetainfoBuilder
        {
            Name = Path.GetFileName(file),
            Length = new FileInfo(file).Length,
            Announce = "http://127.0.0.1:1/announce",
            FullMd5 = digests.FullMd5,
        };
        var torrent = file + ".torrent";
        await File.WriteAllBytesAsync(torrent, builder.Build(digests.PieceHashes), cancellation);
        return torrent;
    }

    internal static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static double Median(List<DrainResult> results, Func<DrainResult, double> value)
    {
        var sorted = results.Select(value).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
