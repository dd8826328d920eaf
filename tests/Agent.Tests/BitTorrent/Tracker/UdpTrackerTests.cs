using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Agent.BitTorrent;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Tracker;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.BitTorrent.Tracker;

public sealed class UdpTrackerTests
{
    private static readonly IPAddress Other = IPAddress.Parse("127.0.0.2");

    [Fact]
    public async Task A_client_connects_and_is_told_the_own_seeder_and_the_others()
    {
        await using var tracker = await TestTracker.StartAsync();
        using var first = Client(tracker, IPAddress.Loopback);
        using var second = Client(tracker, Other);
        await AskAsync(first, Announce(await ConnectAsync(first), peer: 1));

        var answer = await AskAsync(second, Announce(await ConnectAsync(second), peer: 2));

        Assert.Equal((1, 7, 30), (Number(answer, 0), Number(answer, 4), Number(answer, 8)));
        Assert.Equal((2, 1), (Number(answer, 12), Number(answer, 16)));
        Assert.Equal([TestTracker.Seeder, new IPEndPoint(IPAddress.Loopback, 7001)], Peers(answer.AsSpan(20), 4));
    }

    [Fact]
    public async Task Both_protocols_share_one_swarm()
    {
        await using var tracker = await TestTracker.StartAsync();
        using var client = Client(tracker, Other);
        await AskAsync(client, Announce(await ConnectAsync(client), peer: 2));

        var answer = await tracker.AnnounceAsync(1);

        Assert.Equal([TestTracker.Seeder, new IPEndPoint(Other, 7002)], answer.Peers);
    }

    [Fact]
    public async Task A_client_over_IPv6_is_told_addresses_of_IPv6()
    {
        await using var tracker = await TestTracker.StartAsync(listen: IPAddress.IPv6Any);
        using var client = Client(tracker, IPAddress.IPv6Loopback);
        await AskAsync(client, Announce(await ConnectAsync(client), peer: 1));

        var answer = await AskAsync(client, Announce(await ConnectAsync(client), peer: 2));

        Assert.Equal([new IPEndPoint(IPAddress.IPv6Loopback, 7001)], Peers(answer.AsSpan(20), 16));
    }

    [Fact]
    public async Task A_client_over_IPv4_is_answered_on_a_socket_for_both()
    {
        await using var tracker = await TestTracker.StartAsync(listen: IPAddress.IPv6Any);
        using var client = Client(tracker, IPAddress.Loopback);

        var answer = await AskAsync(client, Announce(await ConnectAsync(client), peer: 1));

        Assert.Equal([TestTracker.Seeder], Peers(answer.AsSpan(20), 4));
    }

    [Fact]
    public async Task A_connection_id_of_another_address_is_refused_and_nothing_is_stored()
    {
        await using var tracker = await TestTracker.StartAsync();
        using var victim = Client(tracker, IPAddress.Loopback);
        using var attacker = Client(tracker, Other);
        var id = await ConnectAsync(victim);

        foreach (var wrong in (ulong[])[id, 0, ulong.MaxValue])
        {
            var answer = await AskAsync(attacker, Announce(wrong, peer: 1));
            Assert.Equal((3, 7), (Number(answer, 0), Number(answer, 4)));
            Assert.InRange(answer.Length, 9, 98);
        }

        Assert.Equal(0, tracker.Service.PeerCount);
    }

    [Fact]
    public async Task An_unknown_torrent_is_refused_with_a_text()
    {
        await using var tracker = await TestTracker.StartAsync();
        using var client = Client(tracker, IPAddress.Loopback);

        var answer = await AskAsync(client, Announce(await ConnectAsync(client), peer: 1, InfoHash.Compute("other"u8)));

        Assert.Equal(3, Number(answer, 0));
        Assert.Equal("This torrent is not shared by this repository", Encoding.ASCII.GetString(answer, 8, answer.Length - 8));
        Assert.Equal(0, tracker.Service.PeerCount);
    }

    [Fact]
    public async Task Packets_that_are_short_or_senseless_get_no_answer()
    {
        await using var tracker = await TestTracker.StartAsync();
        using var client = Client(tracker, IPAddress.Loopback);
        var announce = Announce(await ConnectAsync(client), peer: 1);
        for (var length = 0; length < announce.Length; length++)
            await client.SendAsync(announce.AsMemory(0, length));
        await client.SendAsync(new byte[5000]);
        await client.SendAsync(Head(0x41727101981, 0));
        await client.SendAsync(Head(0x41727101980, 9));

        // The next answer is that to the next good packet.
        var answer = await AskAsync(client, Head(0x41727101980, 0, transaction: 99));

        Assert.Equal((0, 99), (Number(answer, 0), Number(answer, 4)));
    }

    [Fact]
    public async Task A_scrape_gives_the_numbers_in_the_order_of_the_question()
    {
        await using var tracker = await TestTracker.StartAsync();
        using var client = Client(tracker, IPAddress.Loopback);
        var id = await ConnectAsync(client);
        await AskAsync(client, Announce(id, peer: 1));
        byte[] scrape = [.. Head(id, 2), .. InfoHash.Compute("other"u8).ToArray(), .. TestTracker.Known.ToArray()];

        var answer = await AskAsync(client, scrape);

        Assert.Equal(2, Number(answer, 0));
        Assert.Equal([0, 0, 0, 1, 0, 1], Enumerable.Range(0, 6).Select(i => Number(answer, 8 + 4 * i)));
    }

    [Fact]
    public async Task Without_UDP_the_port_is_not_opened()
    {
        await using var tracker = await TestTracker.StartAsync(new TrackerSettings { Udp = false });
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        socket.Bind(tracker.Service.LocalEndPoint);
    }

    [Fact]
    public void A_connection_id_is_valid_for_one_to_two_minutes()
    {
        var time = new ManualTime();
        var ids = new ConnectionIds(time);
        var id = ids.IdFor(Other);

        Assert.False(new ConnectionIds(time).IsValid(id, Other));
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(ids.IsValid(id, Other));
        Assert.False(ids.IsValid(id, IPAddress.Loopback));
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.False(ids.IsValid(id, Other));
    }

    [Fact]
    public void Any_packet_gets_a_bounded_answer_and_stores_nothing_without_an_id()
    {
        var settings = new TrackerSettings();
        var time = new ManualTime();
        var store = new SwarmStore(settings, time, new PeerSelection(new Random(1)));
        var registry = new TorrentRegistry();
        registry.Share(TestTracker.Shared(TestTracker.Known));
        var handler = new UdpAnnounceHandler(settings, registry, store, new LeecherFeed(), time);
        var buffer = new byte[handler.LongestAnswer];
        var packets =
            from id in Gen.Elements(0UL, 0x41727101980UL, ulong.MaxValue)
            from action in Gen.Choose(0, 4)
            from rest in ArbMap.Default.GeneratorFor<byte[]>()
            from length in Gen.Choose(0, 200)
            select ((byte[])[.. Head(id, action), .. rest, .. new byte[200]])[..length];

        Prop.ForAll(packets.ToArbitrary(), packet =>
            handler.Answer(packet, Other, Other, buffer) <= packet.Length && store.PeerCount == 0).QuickCheckThrowOnFailure();
    }

    private static Socket Client(TestTracker tracker, IPAddress from)
    {
        var socket = new Socket(from.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(from, 0));
        var loopback = from.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback;
        socket.Connect(loopback, tracker.Service.LocalEndPoint.Port);
        return socket;
    }

    private static async Task<ulong> ConnectAsync(Socket socket) =>
        BinaryPrimitives.ReadUInt64BigEndian((await AskAsync(socket, Head(0x41727101980, 0))).AsSpan(8));

    private static async Task<byte[]> AskAsync(Socket socket, byte[] packet)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var answer = new byte[4096];
        await socket.SendAsync(packet, limit.Token);
        return answer[..await socket.ReceiveAsync(answer, limit.Token)];
    }

    private static byte[] Head(ulong id, int action, int transaction = 7)
    {
        var head = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(head, id);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(8), action);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(12), transaction);
        return head;
    }

    private static byte[] Announce(ulong id, int peer, InfoHash? hash = null)
    {
        var packet = new byte[98];
        Head(id, 1).CopyTo(packet, 0);
        (hash ?? TestTracker.Known).CopyTo(packet.AsSpan(16));
        TestTracker.IdOf(peer).CopyTo(packet, 36);
        BinaryPrimitives.WriteInt64BigEndian(packet.AsSpan(64), 100);
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(80), 2);
        packet.AsSpan(84, 4).Fill(9); // another address, to be ignored
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(92), -1);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(96), (ushort)(7000 + peer));
        return packet;
    }

    private static int Number(byte[] answer, int offset) => BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(offset));

    private static List<IPEndPoint> Peers(ReadOnlySpan<byte> list, int addressLength)
    {
        var peers = new List<IPEndPoint>();
        for (; !list.IsEmpty; list = list[(addressLength + 2)..])
            peers.Add(new IPEndPoint(new IPAddress(list[..addressLength]), BinaryPrimitives.ReadUInt16BigEndian(list[addressLength..])));
        return peers;
    }
}
