using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Wire;

/// <summary>Extensions a peer offers in the reserved bytes of its handshake.</summary>
[Flags]
internal enum PeerFeatures
{
    None = 0,

    /// <summary>Fast extension (BEP 6).</summary>
    Fast = 1,

    /// <summary>Extension protocol (BEP 10).</summary>
    Extended = 2,
}

/// <summary>The 68 bytes that open a link: 19, <c>BitTorrent protocol</c>, 8 reserved, info-hash, peer id (BEP 3).</summary>
internal static class Handshake
{
    public const int Length = 68;

    /// <summary>Bytes up to the info-hash's end: enough to answer, and some peers wait for the answer before they send their id.</summary>
    public const int LengthWithHash = 48;

    private const int ReservedAt = 20;
    private const int HashAt = 28;
    private const int IdAt = 48;

    private static ReadOnlySpan<byte> Protocol => "\u0013BitTorrent protocol"u8;

    public static void Write(Span<byte> destination, InfoHash hash, PeerId id)
    {
        destination[..Length].Clear();
        Protocol.CopyTo(destination);
        destination[ReservedAt + 5] = 0x10;
        destination[ReservedAt + 7] = 0x04;
        hash.CopyTo(destination[HashAt..]);
        id.CopyTo(destination[IdAt..]);
    }

    /// <summary>
    /// True as long as what has come can be the beginning of a handshake. Encrypted links (MSE), TLS and HTTP differ in the first byte;
    /// aria2 and Transmission come back in plain text as soon as they are closed.
    /// </summary>
    public static bool CanBe(ReadOnlySpan<byte> received) =>
        received[..Math.Min(received.Length, Protocol.Length)].SequenceEqual(Protocol[..Math.Min(received.Length, Protocol.Length)]);

    public static InfoHash HashIn(ReadOnlySpan<byte> handshake) => new(handshake.Slice(HashAt, InfoHash.Length));

    public static PeerId IdIn(ReadOnlySpan<byte> handshake) => new(handshake.Slice(IdAt, PeerId.Length));

    public static PeerFeatures FeaturesIn(ReadOnlySpan<byte> handshake) =>
        ((handshake[ReservedAt + 5] & 0x10) != 0 ? PeerFeatures.Extended : 0) | ((handshake[ReservedAt + 7] & 0x04) != 0 ? PeerFeatures.Fast : 0);
}
