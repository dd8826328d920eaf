namespace Agent.BitTorrent.Bencoding;

/// <summary>Bytes that are not canonical bencoding (BEP 3), or not the value that was expected at their place.</summary>
public sealed class BencodeException : FormatException
{
    /// <summary>An error at <paramref name="offset"/> bytes from the beginning.</summary>
    public BencodeException(int offset, string problem) : base($"bencoding, byte {offset}: {problem}") => Offset = offset;

    /// <summary>Where the error is, in bytes from the beginning of what was read.</summary>
    public int Offset { get; }
}
