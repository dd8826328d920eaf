using System.Buffers.Binary;
using System.Net;
using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Tracker;

/// <summary>What a packet asks for, or what its answer is (BEP 15).</summary>
internal enum UdpAction
{
    Connect = 0,
    Announce = 1,
    Scrape = 2,
    Error = 3,
}

/// <summary>A packet to the UDP tracker (BEP 15). Options behind an announce (BEP 41) are not needed here and not looked at.</summary>
internal readonly ref struct UdpPacket
{
    public const int HeadLength = 16;
    public const int AnnounceLength = 98;

    /// <summary>Most hashes that a scrape may name.</summary>
    public const int MaxScraped = 74;

    private const ulong Magic = 0x41727101980;

    private readonly ReadOnlySpan<byte> _bytes;

    private UdpPacket(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public ulong ConnectionId => BinaryPrimitives.ReadUInt64BigEndian(_bytes);

    public UdpAction Action => (UdpAction)BinaryPrimitives.ReadUInt32BigEndian(_bytes[8..]);

    /// <summary>Chosen by the client, to be repeated in the answer.</summary>
    public uint Transaction => BinaryPrimitives.ReadUInt32BigEndian(_bytes[12..]);

    public int Length => _bytes.Length;

    /// <summary>Hashes of a scrape; more than are allowed are left out.</summary>
    public int ScrapedCount => Math.Min((_bytes.Length - HeadLength) / InfoHash.Length, MaxScraped);

    /// <summary>False for what is too short or of no known kind: that gets no answer, since it is no client.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out UdpPacket packet)
    {
        packet = new UdpPacket(bytes);
        return bytes.Length >= HeadLength && packet.Action switch
        {
            UdpAction.Connect => packet.ConnectionId == Magic,
            UdpAction.Announce => bytes.Length >= AnnounceLength,
            UdpAction.Scrape => bytes.Length >= HeadLength + InfoHash.Length,
            _ => false,
        };
    }

    public InfoHash Scraped(int index) => new(_bytes.Slice(HeadLength + index * InfoHash.Length, InfoHash.Length));

    /// <summary>The announce in it. The address it may name is ignored: anybody could name anybody.</summary>
    public Announce Announce(IPAddress source, int defaultNumWant) => new()
    {
        InfoHash = new InfoHash(_bytes.Slice(16, InfoHash.Length)),
        PeerId = new PeerId(_bytes.Slice(36, PeerId.Length)),
        Address = PeerAddress.Of(source),
        Downloaded = BinaryPrimitives.ReadUInt64BigEndian(_bytes[56..]),
        Left = BinaryPrimitives.ReadUInt64BigEndian(_bytes[64..]),
        Event = EventOf(BinaryPrimitives.ReadUInt32BigEndian(_bytes[80..])),
        Key = BinaryPrimitives.ReadUInt32BigEndian(_bytes[88..]),
        NumWant = BinaryPrimitives.ReadInt32BigEndian(_bytes[92..]) is >= 0 and var wanted ? wanted : defaultNumWant,
        Port = BinaryPrimitives.ReadUInt16BigEndian(_bytes[96..]),
    };

    private static AnnounceEvent EventOf(uint value) => value switch
    {
        1 => AnnounceEvent.Completed,
        2 => AnnounceEvent.Started,
        3 => AnnounceEvent.Stopped,
        _ => AnnounceEvent.None,
    };
}
