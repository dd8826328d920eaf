using System.Buffers.Text;
using System.Net;
using System.Text;
using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Tracker;

/// <summary>The query of an HTTP announce, checked (BEP 3, 7, 23).</summary>
internal struct AnnounceQuery
{
    private const int LongestAddress = 64;

    private bool _hasHash;
    private bool _hasId;
    private bool _hasPort;
    private InfoHash _hash;
    private PeerId _id;
    private ushort _port;
    private ulong? _left;
    private ulong _downloaded;
    private ulong _key;
    private int? _numWant;
    private AnnounceEvent _event;

    /// <summary>False when the client asked for dictionaries with <c>compact=0</c>.</summary>
    public bool Compact { get; private set; }

    /// <summary>True when dictionaries are to have no ids.</summary>
    public bool NoPeerId { get; private set; }

    /// <summary>The address the client claims with <c>ip=</c>.</summary>
    public IPAddress? ClaimedAddress { get; private set; }

    /// <summary>Reads a query; false with a reason for the client when something is missing or wrong. Of a repeated key the first counts.</summary>
    public static bool TryParse(ReadOnlySpan<byte> query, out AnnounceQuery parsed, out string problem)
    {
        parsed = new AnnounceQuery { Compact = true };
        problem = "";
        var reader = new QueryReader(query);
        while (problem.Length == 0 && reader.Next(out var key, out var value))
            problem = parsed.Take(key, value);
        if (problem.Length == 0)
            problem = parsed.Missing();
        return problem.Length == 0;
    }

    /// <summary>The announce, from the address that counts for it.</summary>
    public readonly Announce From(IPAddress address, int defaultNumWant) => new()
    {
        InfoHash = _hash,
        PeerId = _id,
        Address = PeerAddress.Of(address),
        Port = _port,
        Left = _left,
        Downloaded = _downloaded,
        Event = _event,
        Key = _key,
        NumWant = _numWant is null or < 0 ? defaultNumWant : _numWant.Value,
    };

    private string Take(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => key switch
    {
        _ when key.SequenceEqual("info_hash"u8) => TakeHash(value),
        _ when key.SequenceEqual("peer_id"u8) => TakeId(value),
        _ when key.SequenceEqual("port"u8) => TakePort(value),
        _ when key.SequenceEqual("left"u8) => TakeLeft(value),
        _ when key.SequenceEqual("downloaded"u8) => TryNumber(value, out _downloaded) ? "" : "downloaded must be a number of bytes",
        _ when key.SequenceEqual("uploaded"u8) => TryNumber(value, out _) ? "" : "uploaded must be a number of bytes",
        _ => TakeOptional(key, value),
    };

    private string TakeOptional(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.SequenceEqual("event"u8))
            _event = EventOf(value);
        else if (key.SequenceEqual("numwant"u8))
            _numWant = Utf8Parser.TryParse(value, out int wanted, out var used) && used == value.Length ? wanted : null;
        else if (key.SequenceEqual("compact"u8))
            Compact = !value.SequenceEqual("0"u8);
        else if (key.SequenceEqual("no_peer_id"u8))
            NoPeerId = value.SequenceEqual("1"u8);
        else if (key.SequenceEqual("key"u8))
            _key = Hash(value);
        else if (key.SequenceEqual("ip"u8))
            ClaimedAddress = AddressOf(value);
        return "";
    }

    private string TakeHash(ReadOnlySpan<byte> value)
    {
        Span<byte> bytes = stackalloc byte[InfoHash.Length];
        if (_hasHash)
            return "";
        if (!QueryReader.TryDecode(value, bytes))
            return "info_hash must be 20 bytes";
        _hash = new InfoHash(bytes);
        _hasHash = true;
        return "";
    }

    private string TakeId(ReadOnlySpan<byte> value)
    {
        Span<byte> bytes = stackalloc byte[PeerId.Length];
        if (_hasId)
            return "";
        if (!QueryReader.TryDecode(value, bytes))
            return "peer_id must be 20 bytes";
        _id = new PeerId(bytes);
        _hasId = true;
        return "";
    }

    private string TakePort(ReadOnlySpan<byte> value)
    {
        if (_hasPort)
            return "";
        if (!TryNumber(value, out var port) || port > ushort.MaxValue)
            return "port must be 0 to 65535";
        _port = (ushort)port;
        _hasPort = true;
        return "";
    }

    private string TakeLeft(ReadOnlySpan<byte> value)
    {
        if (!TryNumber(value, out var left))
            return "left must be a number of bytes";
        _left ??= left;
        return "";
    }

    private readonly string Missing() =>
        !_hasHash ? "info_hash is missing" : !_hasId ? "peer_id is missing" : !_hasPort ? "port is missing" : "";

    private static AnnounceEvent EventOf(ReadOnlySpan<byte> value) => value switch
    {
        _ when value.SequenceEqual("started"u8) => AnnounceEvent.Started,
        _ when value.SequenceEqual("completed"u8) => AnnounceEvent.Completed,
        _ when value.SequenceEqual("stopped"u8) => AnnounceEvent.Stopped,
        _ => AnnounceEvent.None,
    };

    private static bool TryNumber(ReadOnlySpan<byte> value, out ulong number) =>
        Utf8Parser.TryParse(value, out number, out var used) && used == value.Length && value[0] != '+';

    private static IPAddress? AddressOf(ReadOnlySpan<byte> value)
    {
        if (value.Length > LongestAddress)
            return null;
        var text = Uri.UnescapeDataString(Encoding.ASCII.GetString(value));
        return IPAddress.TryParse(text, out var address) ? address.Unmapped() : null;
    }

    /// <summary>FNV-1a; 0 stays free for "none".</summary>
    private static ulong Hash(ReadOnlySpan<byte> value)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in value)
            hash = (hash ^ b) * 1099511628211UL;
        return value.IsEmpty ? 0 : Math.Max(hash, 1);
    }
}
