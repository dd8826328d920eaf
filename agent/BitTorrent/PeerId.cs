using System.Security.Cryptography;
using System.Text;

namespace Agent.BitTorrent;

/// <summary>The 20 bytes by which a peer calls itself (BEP 3, BEP 20); not a proof of anything.</summary>
public readonly record struct PeerId
{
    /// <summary>Length in bytes.</summary>
    public const int Length = Bytes20.Length;

    private readonly Bytes20 _bytes;

    /// <summary>The id in <paramref name="bytes"/>, which must be <see cref="Length"/> long.</summary>
    public PeerId(ReadOnlySpan<byte> bytes) => _bytes = new Bytes20(bytes);

    /// <summary>A new id of this agent: <c>-OG0100-</c> and twelve random bytes.</summary>
    public static PeerId Create()
    {
        Span<byte> bytes = stackalloc byte[Length];
        "-OG0100-"u8.CopyTo(bytes);
        RandomNumberGenerator.Fill(bytes[8..]);
        return new PeerId(bytes);
    }

    /// <summary>Writes the 20 bytes.</summary>
    public void CopyTo(Span<byte> destination) => _bytes.CopyTo(destination);

    /// <summary>Orders ids by their bytes.</summary>
    internal int CompareTo(in PeerId other)
    {
        Span<byte> own = stackalloc byte[Length], others = stackalloc byte[Length];
        CopyTo(own);
        other.CopyTo(others);
        return own.SequenceCompareTo(others);
    }

    /// <summary>True when the id begins with the letters of a client, for example <c>-TR</c>.</summary>
    public bool StartsWith(ReadOnlySpan<byte> prefix)
    {
        Span<byte> bytes = stackalloc byte[Length];
        _bytes.CopyTo(bytes);
        return bytes.StartsWith(prefix);
    }

    /// <summary>The printable beginning of the id, enough to tell which client it is.</summary>
    public override string ToString()
    {
        var bytes = _bytes.ToArray();
        var printable = bytes.AsSpan(0, 10);
        var end = printable.IndexOfAnyExceptInRange((byte)'!', (byte)'~');
        return Encoding.ASCII.GetString(end < 0 ? printable : printable[..end]);
    }
}
