using Agent.Common;

namespace Agent.Indexing.Hashing;

/// <summary>All digests of one content of a file, taken in one read.</summary>
/// <param name="Stamp">Size, time and inode of the content that was read; digests belong to nothing else.</param>
/// <param name="TailMd5">MD5 of the last <see cref="TailLength"/> bytes, or of the whole file if it is shorter (<c>X.sum</c>).</param>
/// <param name="FullMd5">MD5 of the whole file (<c>X.full.sum</c>).</param>
/// <param name="Sha256">SHA-256 of the whole file.</param>
/// <param name="PieceHashes">SHA-1 of each piece of <see cref="PieceLength"/> bytes, 20 bytes each, the last piece short; empty for an empty file. The
/// <c>pieces</c> of a torrent (BEP 3).</param>
public sealed record FileDigests(FileStamp Stamp, byte[] TailMd5, byte[] FullMd5, byte[] Sha256, byte[] PieceHashes)
{
    /// <summary>Bytes at the end of a file that <see cref="TailMd5"/> covers: 1 MiB, as OpenGnsys clients expect.</summary>
    public const int TailLength = 1 << 20;

    /// <summary>Bytes of a piece: 4 MiB, the largest that ctorrent can make.</summary>
    public const int PieceLength = 4 << 20;

    /// <summary>Bytes of a SHA-1 piece hash.</summary>
    public const int PieceHashLength = 20;

    /// <summary><see cref="TailMd5"/> as 32 lower-case hexadecimal digits.</summary>
    public string TailMd5Hex => Convert.ToHexStringLower(TailMd5);

    /// <summary><see cref="FullMd5"/> as 32 lower-case hexadecimal digits.</summary>
    public string FullMd5Hex => Convert.ToHexStringLower(FullMd5);

    /// <summary><see cref="Sha256"/> as 64 lower-case hexadecimal digits.</summary>
    public string Sha256Hex => Convert.ToHexStringLower(Sha256);

    /// <summary>The SHA-1 of one piece.</summary>
    public ReadOnlySpan<byte> PieceHash(int index) => PieceHashes.AsSpan(index * PieceHashLength, PieceHashLength);

    /// <summary>Number of pieces of a file of <paramref name="length"/> bytes.</summary>
    public static int PieceCount(long length) => checked((int)((length + PieceLength - 1) / PieceLength));
}
