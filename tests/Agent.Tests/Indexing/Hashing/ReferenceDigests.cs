using System.Security.Cryptography;
using Agent.Indexing.Hashing;

namespace Agent.Tests.Indexing.Hashing;

/// <summary>The digests as one would take them of bytes that lie in memory: by the library, one call a digest.</summary>
internal static class ReferenceDigests
{
    public static void AssertEqual(byte[] content, FileDigests digests)
    {
        Assert.Equal(content.Length, digests.Stamp.Length);
        Assert.Equal(Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.MD5, content.AsSpan(Math.Max(0, content.Length - 1048576)))), digests.TailMd5Hex);
        Assert.Equal(Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.MD5, content)), digests.FullMd5Hex);
        Assert.Equal(Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.SHA256, content)), digests.Sha256Hex);
        Assert.Equal(Convert.ToHexStringLower(Pieces(content)), Convert.ToHexStringLower(digests.PieceHashes));
    }

    public static byte[] Pieces(byte[] content) => [.. content.Chunk(4194304).SelectMany(piece => CryptographicOperations.HashData(HashAlgorithmName.SHA1, piece))];

    /// <summary>The same bytes for the same seed.</summary>
    public static byte[] Content(int length, int seed = 1)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }
}
