using System.Buffers.Binary;

namespace Agent.Indexing.Hashing.Lanes;

/// <summary>What tells the three digests apart outside their kernels: first state, byte order, and the padding at the end (RFC 1321, FIPS 180-4).</summary>
internal sealed class LaneAlgorithm
{
    /// <summary>Bytes of a block.</summary>
    public const int BlockLength = 64;

    private LaneAlgorithm(bool bigEndian, params uint[] initial)
    {
        BigEndian = bigEndian;
        Initial = initial;
    }

    public static LaneAlgorithm Md5 { get; } = new(false, 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);

    public static LaneAlgorithm Sha1 { get; } = new(true, 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);

    public static LaneAlgorithm Sha256 { get; } =
        new(true, 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19);

    public bool BigEndian { get; }

    /// <summary>The state before the first block.</summary>
    public uint[] Initial { get; }

    /// <summary>Bytes of the digest.</summary>
    public int DigestLength => Initial.Length * sizeof(uint);

    /// <summary>Writes the last block or two of a message: the bytes that fill no block, the end mark, the length in bits.</summary>
    /// <param name="rest">What is left of the message after its whole blocks; fewer than 64 bytes.</param>
    /// <param name="messageLength">Length of the whole message in bytes.</param>
    /// <param name="padded">128 bytes.</param>
    /// <returns>How many blocks were written.</returns>
    public int Pad(ReadOnlySpan<byte> rest, long messageLength, Span<byte> padded)
    {
        var blocks = rest.Length + 9 > BlockLength ? 2 : 1;
        padded.Clear();
        rest.CopyTo(padded);
        padded[rest.Length] = 0x80;
        var bits = padded.Slice(blocks * BlockLength - sizeof(ulong), sizeof(ulong));
        if (BigEndian)
            BinaryPrimitives.WriteUInt64BigEndian(bits, (ulong)messageLength * 8);
        else
            BinaryPrimitives.WriteUInt64LittleEndian(bits, (ulong)messageLength * 8);
        return blocks;
    }
}
