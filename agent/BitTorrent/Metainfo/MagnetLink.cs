using System.Net;

namespace Agent.BitTorrent.Metainfo;

/// <summary>A link that names a torrent by its info-hash, and where its peers may be found (BEP 9).</summary>
public sealed class MagnetLink
{
    private const string Scheme = "magnet:?";
    private const string Topic = "urn:btih:";
    private const int HexLength = 40;
    private const int Base32Length = 32;

    private MagnetLink(InfoHash infoHash) => InfoHash = infoHash;

    /// <summary>Identity of the torrent.</summary>
    public InfoHash InfoHash { get; }

    /// <summary>Name to show before the torrent is known (<c>dn</c>); not to be used as a path.</summary>
    public string? Name { get; private set; }

    /// <summary>URLs of trackers (<c>tr</c>).</summary>
    public IReadOnlyList<string> Trackers { get; private set; } = [];

    /// <summary>URLs of web seeds (<c>ws</c>).</summary>
    public IReadOnlyList<string> WebSeeds { get; private set; } = [];

    /// <summary>Peers named in the link (<c>x.pe</c>), as <c>address:port</c>; host names are left out.</summary>
    public IReadOnlyList<IPEndPoint> Peers { get; private set; } = [];

    /// <summary>True for a text that claims to be a magnet link.</summary>
    public static bool IsOne(string text) => text.StartsWith("magnet:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a link.</summary>
    /// <exception cref="MetainfoException">It is none, or names no torrent of version 1.</exception>
    public static MagnetLink Parse(string text)
    {
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw new MetainfoException($"'{text}' is no magnet link; expected {Scheme}xt={Topic}…");
        var values = text[Scheme.Length..].Split('&').Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToLookup(pair => Key(pair[0]), pair => Uri.UnescapeDataString(pair[1]), StringComparer.OrdinalIgnoreCase);
        return new MagnetLink(HashOf(values["xt"]))
        {
            Name = values["dn"].FirstOrDefault(),
            Trackers = [.. values["tr"].Distinct()],
            WebSeeds = [.. values["ws"].Distinct()],
            Peers = [.. values["x.pe"].Select(peer => IPEndPoint.TryParse(peer, out var parsed) && parsed.Port > 0 ? parsed : null).OfType<IPEndPoint>()],
        };
    }

    /// <summary>Keys that may come several times are also written with a number: <c>tr.1</c>.</summary>
    private static string Key(string key) => key.LastIndexOf('.') is > 0 and var dot && int.TryParse(key[(dot + 1)..], out _) ? key[..dot] : key;

    private static InfoHash HashOf(IEnumerable<string> topics)
    {
        foreach (var topic in topics.Where(topic => topic.StartsWith(Topic, StringComparison.OrdinalIgnoreCase)))
        {
            if (TryHash(topic[Topic.Length..], out var hash))
                return hash;
            throw new MetainfoException($"'{topic}' has no info-hash; expected {HexLength} hex digits, or {Base32Length} letters and digits of base 32");
        }
        throw new MetainfoException($"the magnet link names no torrent of version 1: there is no xt={Topic}…");
    }

    private static bool TryHash(string text, out InfoHash hash)
    {
        hash = default;
        if (text.Length == HexLength)
            return InfoHash.TryParse(text, out hash);
        if (text.Length != Base32Length)
            return false;
        Span<byte> bytes = stackalloc byte[InfoHash.Length];
        if (!TryBase32(text, bytes))
            return false;
        hash = new InfoHash(bytes);
        return true;
    }

    private static bool TryBase32(string text, Span<byte> bytes)
    {
        var (bits, count, at) = (0, 0, 0);
        foreach (var letter in text)
        {
            var value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(char.ToUpperInvariant(letter));
            if (value < 0)
                return false;
            bits = ((bits << 5) | value) & 0xFFFF;
            count += 5;
            if (count < 8)
                continue;
            count -= 8;
            bytes[at++] = (byte)(bits >> count);
        }
        return true;
    }
}
