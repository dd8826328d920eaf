using System.Net;
using System.Text;
using Agent.BitTorrent.Bencoding;
using Agent.BitTorrent.Wire;

namespace Agent.BitTorrent.Downloading.Announcing;

/// <summary>A tracker refused, or answered with something else.</summary>
internal sealed class TrackerException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What a tracker told.</summary>
/// <param name="Interval">When to announce again.</param>
/// <param name="Peers">Peers of the torrent.</param>
internal sealed record TrackerAnswer(TimeSpan Interval, List<IPEndPoint> Peers)
{
    private const int MostPeers = 500;
    private const int IPv4Length = 6;
    private const int IPv6Length = 18;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Reads the dictionary of an HTTP tracker. Old ones give the peers as a list, an empty one in any case (BEP 3, 7, 23).</summary>
    /// <exception cref="TrackerException">It refuses, or the dictionary is damaged.</exception>
    public static TrackerAnswer Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return Read(body);
        }
        catch (BencodeException e)
        {
            throw new TrackerException($"it does not answer as a tracker does: {e.Message}", e);
        }
    }

    /// <summary>An interval within sensible limits.</summary>
    public static TimeSpan IntervalOf(long seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, Shortest.TotalSeconds, Longest.TotalSeconds));

    private static TrackerAnswer Read(ReadOnlySpan<byte> body)
    {
        var peers = new List<IPEndPoint>();
        long interval = 60;
        var reader = new BencodeReader(body);
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            if (key.SequenceEqual("failure reason"u8))
                throw new TrackerException($"it refuses: {Encoding.UTF8.GetString(reader.ReadString())}");
            if (key.SequenceEqual("interval"u8))
                interval = reader.ReadInteger();
            else if (key.SequenceEqual("peers"u8) && reader.Peek() == BencodeKind.String)
                PeerExchange.ReadCompact(reader.ReadString(), IPv4Length, peers, MostPeers);
            else if (key.SequenceEqual("peers"u8) && reader.Peek() == BencodeKind.List)
                ReadList(ref reader, peers);
            else if (key.SequenceEqual("peers6"u8) && reader.Peek() == BencodeKind.String)
                PeerExchange.ReadCompact(reader.ReadString(), IPv6Length, peers, MostPeers);
            else
                reader.ReadRaw();
        }
        return new TrackerAnswer(IntervalOf(interval), peers);
    }

    private static void ReadList(ref BencodeReader reader, List<IPEndPoint> peers)
    {
        reader.EnterList();
        while (reader.NextItem())
        {
            IPAddress? address = null;
            long port = 0;
            reader.EnterDictionary();
            while (reader.NextKey(out var key))
            {
                if (key.SequenceEqual("ip"u8))
                    _ = IPAddress.TryParse(Encoding.ASCII.GetString(reader.ReadString()), out address);
                else if (key.SequenceEqual("port"u8))
                    port = reader.ReadInteger();
                else
                    reader.ReadRaw();
            }
            if (address is not null && port is > 0 and <= ushort.MaxValue && peers.Count < MostPeers)
                peers.Add(new IPEndPoint(address.Unmapped(), (int)port));
        }
    }
}
