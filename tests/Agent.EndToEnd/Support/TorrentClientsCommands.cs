using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Agent.EndToEnd.Support;

/// <summary>Program and arguments.</summary>
internal sealed record ClientCommand(string Program, IReadOnlyList<string> Arguments);

/// <summary>A client's own files: its settings, and the script by which it says that it has everything.</summary>
internal sealed record Scratch(string Root)
{
    public string Hook => Path.Combine(Root, "complete.sh");

    public string Marker => Path.Combine(Root, "complete");

    public void WriteHook()
    {
        File.WriteAllText(Hook, $"#!/bin/sh\n: > '{Marker}'\n");
        File.SetUnixFileMode(Hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}

/// <content>How each client is told the same things.</content>
public sealed partial class TorrentClient
{
    private const string LibTorrentScript = """
        import signal, sys, time
        import libtorrent as lt

        # Who is started in the background of a script inherits that this signal is ignored.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        source, directory, address, port, marker = sys.argv[1:]
        session = lt.session({
            'listen_interfaces': f'{address}:{port}',
            'outgoing_interfaces': address,
            'enable_dht': False, 'enable_lsd': False, 'enable_upnp': False, 'enable_natpmp': False,
            'allow_multiple_connections_per_ip': True,
            'alert_mask': lt.alert.category_t.error_notification | lt.alert.category_t.status_notification
                | lt.alert.category_t.tracker_notification | lt.alert.category_t.connect_notification,
        })
        if source.startswith('magnet:'):
            params = lt.parse_magnet_uri(source)
        else:
            params = lt.add_torrent_params()
            params.ti = lt.torrent_info(source)
        params.save_path = directory
        torrent = session.add_torrent(params)
        said = False
        while True:
            session.wait_for_alert(500)
            for alert in session.pop_alerts():
                print(alert, flush=True)
            if not said and torrent.status().is_seeding:
                said = True
                torrent.flush_cache()
                time.sleep(0.2)
                open(marker, 'w').close()
        """;

    private static ClientCommand Aria2Command(DownloadRequest request, Scratch scratch) => new(Aria2.Program,
    [
        "--no-conf", $"--dir={request.Directory}", $"--interface={request.Address}", $"--listen-port={FreePort(request.Address)}",
        "--enable-dht=false", "--enable-dht6=false", "--disable-ipv6=true", "--bt-enable-lpd=false", "--seed-ratio=0.0", "--seed-time=60",
        "--file-allocation=none", "--follow-torrent=mem", "--console-log-level=info", "--summary-interval=0", "--show-console-readout=false",
        "--bt-save-metadata=false", "--allow-overwrite=true", $"--check-integrity={(request.IsSeed ? "true" : "false")}", $"--on-bt-download-complete={scratch.Hook}", request.Source,
    ]);

    /// <summary>As OpenGnsys starts it, but for the time it seeds; it stores the file under the torrent's name where it is started.</summary>
    private static ClientCommand CTorrentCommand(DownloadRequest request, Scratch scratch) => new(CTorrent.Program,
    [
        "-i", request.Address.ToString(), "-p", FreePort(request.Address).ToString(CultureInfo.InvariantCulture), "-C", "32", "-e", "1",
        "-X", scratch.Hook, "-s", request.FilePath, "-b", Path.Combine(scratch.Root, "bitfield"), request.Source,
    ]);

    /// <summary>With its own defaults for encryption and uTP: those are what makes it hard to reach.</summary>
    private static ClientCommand TransmissionCommand(DownloadRequest request, Scratch scratch)
    {
        var settings = new Dictionary<string, object>
        {
            ["bind-address-ipv4"] = request.Address.ToString(),
            ["bind-address-ipv6"] = "::1",
            ["dht-enabled"] = false,
            ["lpd-enabled"] = false,
            ["port-forwarding-enabled"] = false,
            ["rpc-enabled"] = false,
        };
        File.WriteAllText(Path.Combine(scratch.Root, "settings.json"), JsonSerializer.Serialize(settings));
        return new ClientCommand(Transmission.Program,
        [
            "-g", scratch.Root, "-w", request.Directory, "-p", FreePort(request.Address).ToString(CultureInfo.InvariantCulture), "-M", .. request.IsSeed ? ["-v"] : Array.Empty<string>(),
            "-f", scratch.Hook, request.Source,
        ]);
    }

    private static ClientCommand LibTorrentCommand(DownloadRequest request, Scratch scratch)
    {
        var script = Path.Combine(scratch.Root, "client.py");
        File.WriteAllText(script, LibTorrentScript);
        return new ClientCommand(LibTorrent.Program,
        [
            script, request.Source, request.Directory, request.Address.ToString(),
            FreePort(request.Address).ToString(CultureInfo.InvariantCulture), scratch.Marker,
        ]);
    }

    private static int FreePort(IPAddress address)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
