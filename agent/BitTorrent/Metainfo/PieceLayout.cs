namespace Agent.BitTorrent.Metainfo;

/// <summary>How a file is cut into pieces. All pieces have <paramref name="PieceLength"/> bytes but the last, which has what remains.</summary>
/// <param name="Length">Size of the file in bytes, at least 1.</param>
/// <param name="PieceLength">Bytes of a piece.</param>
public readonly record struct PieceLayout(long Length, int PieceLength)
{
    /// <summary>Piece length of every torrent this agent makes: 4 MiB, as OpenGnsys does with <c>ctorrent -l 4194304</c>.</summary>
    public const int OpenGnsysPieceLength = 4 * 1024 * 1024;

    /// <summary>Bytes of the unit in which all clients request: 16 KiB.</summary>
    public const int BlockLength = 16 * 1024;

    /// <summary>Bytes of a piece's SHA-1.</summary>
    public const int HashLength = 20;

    /// <summary>Number of pieces.</summary>
    public int PieceCount => checked((int)((Length + PieceLength - 1) / PieceLength));

    /// <summary>Bytes of a bitfield with one bit a piece (BEP 3).</summary>
    public int BitfieldLength => (PieceCount + 7) / 8;

    /// <summary>Bytes of piece <paramref name="index"/>, short for the last one.</summary>
    public int LengthOf(int index) => (int)Math.Min(PieceLength, Length - OffsetOf(index));

    /// <summary>Where piece <paramref name="index"/> begins in the file.</summary>
    public long OffsetOf(int index) => (long)index * PieceLength;
}
