using System.Net;
using System.Net.Sockets;
using System.Text;
using Agent.BitTorrent;
using Agent.BitTorrent.Bencoding;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Tracker;
using Agent.Common;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tests.BitTorrent.Tracker;

/// <summary>A tracker on a free port of loopback that knows one torrent, and a client that speaks HTTP by hand.</summary>
internal sealed class TestTracker : IAsyncDisposable
{
    public static readonly InfoHash Known = new(Encoding.Latin1.GetBytes("\0+~(*)!'\u00e9%abcdefghij"));
    public static readonly PeerId SeederId = PeerId.Create();
    public static readonly IPEndPoint Seeder = new(IPAddress.Parse("10.0.0.1"), 6881);

    private TestTracker(TrackerSettings settings, TimeProvider time) =>
        Service = new TrackerService(settings, Registry, Leechers, time, NullLogger<TrackerService>.Instance);

    public TorrentRegistry Registry { get; } = new();

    public LeecherFeed Leechers { get; } = new();

    public TrackerService Service { get; }

    public static SharedTorrent Shared(InfoHash hash) => new(hash, "/images/a.img", new FileStamp(1, 1, 1), "a.img", 1, 1);

    public static async Task<TestTracker> StartAsync(TrackerSettings? settings = null, TimeProvider? time = null, IPAddress? listen = null)
    {
        settings ??= new TrackerSettings();
        var tracker = new TestTracker(
            settings with { Listen = new IPEndPoint(listen ?? IPAddress.Loopback, 0), Seeder = _ => new OwnSeeder(Seeder, SeederId) },
            time ?? TimeProvider.System);
        tracker.Registry.Share(Shared(Known));
        tracker.Registry.MarkLoaded();
        await tracker.Service.StartAsync(CancellationToken.None);
        return tracker;
    }

    /// <summary>The query of an announce; <paramref name="more"/> is added as it is.</summary>
    public static string Query(InfoHash hash, int peer, string more = "") =>
        $"/announce?info_hash={Escape(hash.ToArray())}&peer_id={Escape(IdOf(peer))}&port={7000 + peer}&uploaded=0&downloaded=0{more}";

    public static byte[] IdOf(int peer) => Encoding.ASCII.GetBytes($"-TT0001-{peer:D12}");

    public static string Escape(byte[] bytes) => string.Concat(bytes.Select(b => $"%{b:x2}"));

    public async Task<Announced> AnnounceAsync(int peer, string more = "&left=100", IPAddress? from = null)
    {
        var (status, body) = await GetAsync(Query(Known, peer, more), from);
        Assert.Equal(200, status);
        return Announced.Parse(body);
    }

    /// <summary>Status and body of a GET.</summary>
    public async Task<(int Status, byte[] Body)> GetAsync(string target, IPAddress? from = null)
    {
        var answer = await SendAsync(Encoding.Latin1.GetBytes($"GET {target} HTTP/1.0\r\n\r\n"), from);
        var end = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        var head = Encoding.ASCII.GetString(answer, 0, end);
        var body = answer[(end + 4)..];
        Assert.Contains($"\r\nContent-Length: {body.Length}\r\n", head, StringComparison.Ordinal);
        return (int.Parse(head.Split(' ')[1]), body);
    }

    /// <summary>Sends bytes and receives until the tracker closes.</summary>
    public async Task<byte[]> SendAsync(byte[] request, IPAddress? from = null)
    {
        using var socket = await ConnectAsync(from);
        await socket.SendAsync(request);
        return await ReceiveAllAsync(socket);
    }

    public async Task<Socket> ConnectAsync(IPAddress? from = null)
    {
        from ??= IPAddress.Loopback;
        var socket = new Socket(from.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(from, 0));
        var loopback = from.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback;
        await socket.ConnectAsync(loopback, Service.LocalEndPoint.Port);
        return socket;
    }

    public static async Task<byte[]> ReceiveAllAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var received = new List<byte>();
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, limit.Token) is > 0 and var n)
                received.AddRange(buffer.AsSpan(0, n));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
        }
        return [.. received];
    }

    public async ValueTask DisposeAsync()
    {
        await Service.StopAsync(CancellationToken.None);
        Service.Dispose();
    }
}

/// <summary>An answer to an announce.</summary>
internal sealed record Announced(long Complete, long Incomplete, long Interval, IReadOnlyList<IPEndPoint> Peers, string LastKey)
{
    public static Announced Parse(byte[] body)
    {
        var numbers = new Dictionary<string, long>();
        var peers = new List<IPEndPoint>();
        var last = "";
        var reader = new BencodeReader(body);
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            last = Encoding.ASCII.GetString(key);
            if (reader.Peek() == BencodeKind.Integer)
                numbers[last] = reader.ReadInteger();
            else
                AddPeers(peers, reader.ReadString(), last == "peers6" ? 16 : 4);
        }
        reader.Finish();
        return new Announced(numbers["complete"], numbers["incomplete"], numbers["interval"], peers, last);
    }

    private static void AddPeers(List<IPEndPoint> peers, ReadOnlySpan<byte> list, int addressLength)
    {
        for (; !list.IsEmpty; list = list[(addressLength + 2)..])
            peers.Add(new IPEndPoint(new IPAddress(list[..addressLength]), list[addressLength] << 8 | list[addressLength + 1]));
    }
}
