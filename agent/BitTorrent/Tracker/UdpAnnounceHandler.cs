using System.Buffers;
using System.Net;

namespace Agent.BitTorrent.Tracker;

/// <summary>
/// Answers packets of the UDP tracker (BEP 15); knows no sockets. Without a valid connection id an answer is never longer than the
/// question, so that nobody can be flooded through it.
/// </summary>
internal sealed class UdpAnnounceHandler(
    TrackerSettings settings, TorrentRegistry registry, SwarmStore swarms, LeecherFeed leechers, TimeProvider time)
{
    private readonly ConnectionIds _ids = new(time);
    private readonly AddressLimits _limits = new(settings.PerAddress, time);

    /// <summary>Bytes that every answer fits in.</summary>
    public int LongestAnswer { get; } = Math.Max(8 + 12 * UdpPacket.MaxScraped, 20 + 18 * settings.MaxNumWant);

    /// <summary>Writes the answer to a packet from <paramref name="remote"/> to the address <paramref name="local"/> of this machine.</summary>
    /// <returns>Its length; 0 for no answer.</returns>
    public int Answer(ReadOnlySpan<byte> bytes, IPAddress remote, IPAddress local, Span<byte> answer)
    {
        if (!settings.AllowedNetworks.Contains(remote) || !UdpPacket.TryParse(bytes, out var packet))
            return 0;
        if (packet.Action == UdpAction.Connect)
            return Connect(packet, remote, answer);
        if (!_ids.IsValid(packet.ConnectionId, remote))
            return Error(packet, "Connection id is old"u8, answer);
        // Only now: before, the address may be one that somebody else has invented.
        if (!_limits.TryEnter(remote))
            return 0;
        _limits.Leave(remote);
        return packet.Action == UdpAction.Scrape ? Scrape(packet, local, answer) : Announce(packet, remote, local, answer);
    }

    private int Connect(in UdpPacket packet, IPAddress remote, Span<byte> answer)
    {
        var writer = new UdpAnswerWriter(answer, UdpAction.Connect, packet.Transaction);
        writer.Long(_ids.IdFor(remote));
        return writer.Length;
    }

    private int Announce(in UdpPacket packet, IPAddress remote, IPAddress local, Span<byte> answer)
    {
        var announce = packet.Announce(remote, settings.DefaultNumWant);
        if (!registry.Contains(announce.InfoHash))
            return registry.IsLoading ? 0 : Error(packet, "This torrent is not shared by this repository"u8, answer);
        var length = WriteAnswer(packet, announce, settings.Seeder(local), answer);
        if (announce.IsReachableLeecher)
            leechers.Offer(new AnnouncedLeecher(announce.InfoHash, announce.PeerId, announce.Address, announce.Port));
        return length;
    }

    private int WriteAnswer(in UdpPacket packet, in Announce announce, OwnSeeder? seeder, Span<byte> answer)
    {
        var wanted = Math.Min(announce.NumWant, settings.MaxNumWant);
        var told = seeder is not null && wanted > 0 && announce.IsToldOf(seeder) ? PeerAddress.Of(seeder.EndPoint.Address) : default;
        // A list holds addresses of one family; a seeder of the other one cannot be told here.
        var tellsSeeder = told != default && told.IsIPv4 == announce.Address.IsIPv4;
        var peers = ArrayPool<SwarmPeer>.Shared.Rent(Math.Max(wanted, 1));
        try
        {
            var swarm = swarms.Announce(announce, peers.AsSpan(0, tellsSeeder ? wanted - 1 : wanted));
            var writer = new UdpAnswerWriter(answer, UdpAction.Announce, packet.Transaction);
            writer.Integer((uint)swarm.Interval.TotalSeconds);
            writer.Integer((uint)swarm.Counts.Incomplete);
            writer.Integer((uint)(swarm.Counts.Complete + (seeder is null ? 0 : 1)));
            if (tellsSeeder)
                writer.Peer(told, seeder!.EndPoint.Port);
            WritePeers(ref writer, peers.AsSpan(0, swarm.Chosen), announce.Address.IsIPv4);
            return writer.Length;
        }
        finally
        {
            ArrayPool<SwarmPeer>.Shared.Return(peers);
        }
    }

    private static void WritePeers(ref UdpAnswerWriter writer, ReadOnlySpan<SwarmPeer> peers, bool ipv4)
    {
        foreach (ref readonly var peer in peers)
        {
            if (ipv4 && peer.V4Port != 0)
                writer.Peer(peer.V4, peer.V4Port);
            else if (!ipv4 && peer.V6Port != 0)
                writer.Peer(peer.V6, peer.V6Port);
        }
    }

    /// <summary>Unlike over HTTP an unknown torrent cannot be left out, since the numbers go by place: it has zeros.</summary>
    private int Scrape(in UdpPacket packet, IPAddress local, Span<byte> answer)
    {
        var own = settings.Seeder(local) is null ? 0 : 1;
        var writer = new UdpAnswerWriter(answer, UdpAction.Scrape, packet.Transaction);
        for (var i = 0; i < packet.ScrapedCount; i++)
        {
            var hash = packet.Scraped(i);
            var isKnown = registry.Contains(hash);
            var counts = isKnown ? swarms.CountsOf(hash) : default;
            writer.Integer((uint)(counts.Complete + (isKnown ? own : 0)));
            writer.Integer((uint)counts.Downloaded);
            writer.Integer((uint)counts.Incomplete);
        }
        return writer.Length;
    }

    private static int Error(in UdpPacket packet, ReadOnlySpan<byte> text, Span<byte> answer)
    {
        var writer = new UdpAnswerWriter(answer, UdpAction.Error, packet.Transaction);
        writer.Text(text);
        return writer.Length;
    }
}
