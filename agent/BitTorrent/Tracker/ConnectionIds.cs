using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;

namespace Agent.BitTorrent.Tracker;

/// <summary>
/// Connection ids of the UDP tracker (BEP 15): a keyed hash of address and time, so that nothing is stored for a sender that may not
/// exist, and only who receives at an address can use its id. Valid for one to two minutes.
/// </summary>
internal sealed class ConnectionIds(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(SipHash.KeyLength);

    /// <summary>The id for a sender now.</summary>
    public ulong IdFor(IPAddress address) => IdIn(CurrentWindow, address);

    /// <summary>True when the id was given to this sender in this window or the one before.</summary>
    public bool IsValid(ulong id, IPAddress address) => id == IdIn(CurrentWindow, address) || id == IdIn(CurrentWindow - 1, address);

    private long CurrentWindow => (long)(time.GetTimestamp() / (Window.TotalSeconds * time.TimestampFrequency));

    private ulong IdIn(long window, IPAddress address)
    {
        Span<byte> text = stackalloc byte[24];
        BinaryPrimitives.WriteInt64BigEndian(text, window);
        var length = 8 + PeerAddress.Of(address).Write(text[8..]);
        return SipHash.Of(_key, text[..length]);
    }
}
