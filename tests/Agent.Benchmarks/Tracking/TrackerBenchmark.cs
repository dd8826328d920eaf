using System.Globalization;
using System.Net;
using Agent.Benchmarks.Seeding;
using Agent.BitTorrent.Metainfo;

namespace Agent.Benchmarks.Tracking;

/// <summary>How many announces a second does the tracker answer, against opentracker, which is known for its speed?</summary>
internal static class TrackerBenchmark
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(BenchmarkOptions options, CancellationToken cancellation)
    {
        using var files = TestFiles.Make(options.Directory, 1, 1);
        var torrent = await SeedBenchmark.MakeTorrentAsync(files.Paths[0], cancellation);
        var hash = TorrentMetainfo.ReadFile(torrent).InfoHash;
        var list = Path.Combine(files.Root, "whitelist");
        await File.WriteAllTextAsync(list, $"{hash}\n", cancellation);
        MakeReadable(files.Root, list);
        var results = new Dictionary<string, (List<double> Http, List<double> Udp)> { ["ogrepo-agent"] = ([], []), ["opentracker"] = ([], []) };
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var (name, (http, udp)) in results)
            {
                cancellation.ThrowIfCancellationRequested();
                var port = SeedBenchmark.FreePort();
                await using var process = Start(name, torrent, files.Paths[0], list, port);
                var load = new AnnounceLoad(new IPEndPoint(IPAddress.Loopback, port), hash.ToArray());
                await load.WaitUntilReadyAsync();
                http.Add(await load.HttpAsync(Duration));
                udp.Add(await load.UdpAsync(Duration));
            }
        }
        Console.WriteLine($"Announces a second, load generator on the same {Environment.ProcessorCount} cores; medians of {options.Rounds} rounds");
        Console.WriteLine($"  {"",-22} {"HTTP, one connection each",26} {"UDP",10}");
        foreach (var (name, (http, udp)) in results)
            Console.WriteLine($"  {name,-22} {Median(http),26:N0} {Median(udp),10:N0}");
    }

    /// <summary>opentracker reads its list as nobody, from inside of its directory.</summary>
    private static void MakeReadable(string root, string list)
    {
        const UnixFileMode read = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        File.SetUnixFileMode(list, read);
        File.SetUnixFileMode(root, read | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    private static ChildProcess Start(string name, string torrent, string file, string list, int port)
    {
        var number = port.ToString(CultureInfo.InvariantCulture);
        return name == "opentracker"
            ? ChildProcess.Start("opentracker", ["-i", "127.0.0.1", "-p", number, "-P", number, "-d", Path.GetDirectoryName(list)!, "-w", Path.GetFileName(list)], Path.GetDirectoryName(list)!)
            : ChildProcess.Start(Environment.ProcessPath!, [HostCommands.Tracker, torrent, file, number], Path.GetDirectoryName(list)!);
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
