using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;

namespace Agent.BitTorrent;

/// <summary>An IP address by value, so that thousands of peers cost no objects. IPv4 is kept as IPv6-mapped.</summary>
internal readonly record struct PeerAddress
{
    private readonly ulong _high;
    private readonly ulong _low;

    private PeerAddress(ulong high, ulong low) => (_high, _low) = (high, low);

    public bool IsIPv4 => _high == 0 && _low >> 32 == 0xFFFF;

    /// <summary>What limits per address go by: one address of IPv4, the 64 bits of a subnet of IPv6, where a host picks the rest freely.</summary>
    public PeerAddress Holder => IsIPv4 ? this : new PeerAddress(_high, 0);

    /// <summary>True where both are in one subnet as classrooms have it: /24 of IPv4, /64 of IPv6.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsInSubnetOf(in PeerAddress other) =>
        _high == other._high && (other.IsIPv4 ? (_low ^ other._low) <= 0xFF : !IsIPv4);

    public static PeerAddress Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        return Of(bytes[..written]);
    }

    /// <summary>The address of 4 or 16 bytes in network order; an IPv6-mapped one is the IPv4 address that it stands for.</summary>
    public static PeerAddress Of(ReadOnlySpan<byte> bytes) => bytes.Length == 4
        ? new PeerAddress(0, 0xFFFF_0000_0000UL | BinaryPrimitives.ReadUInt32BigEndian(bytes))
        : new PeerAddress(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        return new IPAddress(bytes[..Write(bytes)]);
    }

    /// <summary>Writes 4 or 16 bytes in network order and returns how many.</summary>
    public int Write(Span<byte> destination)
    {
        if (IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
            return 4;
        }
        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
        return 16;
    }

    public override string ToString() => ToIPAddress().ToString();
}
