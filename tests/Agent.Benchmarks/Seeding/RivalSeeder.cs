using System.Globalization;

namespace Agent.Benchmarks.Seeding;

/// <summary>A program that seeds a file it finds in a directory, told by its command line where to listen.</summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="Program">What is started.</param>
/// <param name="Arguments">Its arguments, given torrent, file and port.</param>
internal sealed record RivalSeeder(string Name, string Program, Func<string, string, int, IEnumerable<string>> Arguments)
{
    private const string LibTorrentScript = """
        import sys, time
        import libtorrent as lt
        torrent, directory, port = sys.argv[1:]
        session = lt.session({
            'listen_interfaces': '127.0.0.1:' + port,
            'enable_dht': False, 'enable_lsd': False, 'enable_upnp': False, 'enable_natpmp': False,
            'allow_multiple_connections_per_ip': True, 'unchoke_slots_limit': -1, 'connections_limit': 1000,
            'send_buffer_watermark': 3 * 1024 * 1024, 'max_allowed_in_request_queue': 2000,
        })
        session.add_torrent({'ti': lt.torrent_info(torrent), 'save_path': directory})
        while True:
            time.sleep(60)
        """;

    /// <summary>The agent's own seeder, in a process of its own.</summary>
    public static RivalSeeder Own { get; } = new("ogrepo-agent", Environment.ProcessPath!, (torrent, file, port) =>
        [HostCommands.Seeder, torrent, file, port.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>All of them, the own one first.</summary>
    public static IReadOnlyList<RivalSeeder> All { get; } =
    [
        Own,
        new("libtorrent-rasterbar", "/usr/bin/python3", (torrent, file, port) =>
            ["-c", LibTorrentScript, torrent, Path.GetDirectoryName(file)!, port.ToString(CultureInfo.InvariantCulture)]),
        new("aria2c", "aria2c", (torrent, file, port) =>
        [
            "--no-conf", $"--dir={Path.GetDirectoryName(file)}", $"--listen-port={port}", "--enable-dht=false", "--enable-dht6=false",
            "--disable-ipv6=true", "--bt-enable-lpd=false", "--seed-ratio=0.0", "--check-integrity=true", "--allow-overwrite=true",
            "--bt-max-peers=0", "--console-log-level=error", "--show-console-readout=false", "--summary-interval=0", torrent,
        ]),
        new("ctorrent", "ctorrent", (torrent, file, port) => ["-s", file, "-i", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "-M", "200", "-e", "72", torrent]),
    ];
}
