using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Agent.BitTorrent.Metainfo;

/// <summary>Identity of a torrent: SHA-1 over the exact bytes of its <c>info</c> dictionary (BEP 3).</summary>
public readonly record struct InfoHash
{
    /// <summary>Length in bytes.</summary>
    public const int Length = Bytes20.Length;

    private readonly Bytes20 _bytes;

    /// <summary>The hash in <paramref name="bytes"/>, which must be <see cref="Length"/> long.</summary>
    public InfoHash(ReadOnlySpan<byte> bytes) => _bytes = new Bytes20(bytes);

    /// <summary>Hashes the raw <c>info</c> value of a torrent.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "BEP 3 names SHA-1.")]
    public static InfoHash Compute(ReadOnlySpan<byte> info)
    {
        Span<byte> hash = stackalloc byte[Length];
        SHA1.HashData(info, hash);
        return new InfoHash(hash);
    }

    /// <summary>Reads 40 hex digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> hex, out InfoHash hash)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var whole = hex.Length == 2 * Length && Convert.FromHexString(hex, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
        hash = whole ? new InfoHash(bytes) : default;
        return whole;
    }

    /// <summary>Writes the 20 bytes.</summary>
    public void CopyTo(Span<byte> destination) => _bytes.CopyTo(destination);

    /// <summary>The 20 bytes in a new array.</summary>
    public byte[] ToArray() => _bytes.ToArray();

    /// <summary>40 lower-case hex digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(_bytes.ToArray());
}
