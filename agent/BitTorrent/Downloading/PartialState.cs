using System.Buffers.Binary;
using System.Security.Cryptography;
using Agent.BitTorrent.Metainfo;
using Agent.Common;

namespace Agent.BitTorrent.Downloading;

/// <summary>
/// The file beside a partial download that says which of its pieces have been verified and are on the disk: info-hash and stamp of what it
/// speaks of, a bitfield, and a digest of all that. One that does not fit is as good as none.
/// </summary>
internal static class PartialState
{
    private const int StampAt = InfoHash.Length + 8;
    private const int BitsAt = StampAt + 3 * sizeof(long);
    private const int DigestLength = 32;

    private static ReadOnlySpan<byte> Magic => "ogpart1\n"u8;

    /// <summary>Writes the state, whole or not at all.</summary>
    /// <param name="path">Where.</param>
    /// <param name="hash">The torrent.</param>
    /// <param name="stamp">The stamp of the data file, which has been flushed.</param>
    /// <param name="bitfield">Verified pieces (BEP 3).</param>
    /// <exception cref="IOException">It cannot be written; the former one stays.</exception>
    public static void Write(string path, InfoHash hash, in FileStamp stamp, ReadOnlySpan<byte> bitfield)
    {
        var bytes = new byte[BitsAt + bitfield.Length + DigestLength];
        Magic.CopyTo(bytes);
        hash.CopyTo(bytes.AsSpan(Magic.Length));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(StampAt), stamp.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(StampAt + 8), stamp.Inode);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(StampAt + 16), stamp.ModifiedNanoseconds);
        bitfield.CopyTo(bytes.AsSpan(BitsAt));
        SHA256.HashData(bytes.AsSpan(..^DigestLength), bytes.AsSpan(^DigestLength..));
        AtomicFile.Write(path, bytes);
    }

    /// <summary>The bitfield for a data file; null where there is none that is true of it.</summary>
    /// <remarks>
    /// After a crash the data file is younger than the state: pieces were written after it. One that is older, or is another file, was
    /// put there by somebody else.
    /// </remarks>
    public static byte[]? Read(string path, InfoHash hash, in FileStamp stamp, int bitfieldLength)
    {
        if (FileStatus.OfLink(path) is not { IsRegular: true } status || status.Stamp.Length != BitsAt + bitfieldLength + DigestLength)
            return null;
        var bytes = TryRead(path);
        return bytes is not null && IsWhole(bytes) && IsOf(bytes, hash, stamp) ? bytes[BitsAt..^DigestLength] : null;
    }

    private static byte[]? TryRead(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsWhole(byte[] bytes) =>
        bytes.Length > BitsAt + DigestLength && bytes.AsSpan().StartsWith(Magic)
        && SHA256.HashData(bytes.AsSpan(..^DigestLength)).AsSpan().SequenceEqual(bytes.AsSpan(^DigestLength..));

    private static bool IsOf(byte[] bytes, InfoHash hash, in FileStamp stamp) =>
        new InfoHash(bytes.AsSpan(Magic.Length, InfoHash.Length)) == hash
        && BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(StampAt)) == stamp.Length
        && BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(StampAt + 8)) == stamp.Inode
        && BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(StampAt + 16)) <= stamp.ModifiedNanoseconds;
}
