using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Agent.Cvmfs.Publishing;

/// <summary>One image as the root catalog lists it.</summary>
/// <param name="Name">Its name in the repository.</param>
/// <param name="IsDirectory">A directory image: its name and time are listed, not what is in it.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Permissions">Permission bits.</param>
/// <param name="Modified">Modification time in seconds since 1970-01-01 UTC.</param>
/// <param name="Pieces">SHA-1 of each piece, 20 bytes each; none of an empty file and of a directory.</param>
/// <param name="PieceLength">Bytes of a piece but the last.</param>
internal sealed record CatalogEntry(
    string Name, bool IsDirectory, long Size, int Permissions, long Modified, ReadOnlyMemory<byte> Pieces, int PieceLength);

/// <summary>The key of a path in a catalog: its MD5 as two integers, little-endian.</summary>
internal readonly record struct PathKey(long First, long Second)
{
    /// <summary>The key of the root of the repository.</summary>
    public static PathKey Root => Of("");

    /// <summary>The key of an absolute path without a slash at its end; the root is the empty text.</summary>
    public static PathKey Of(string path)
    {
        var hash = CryptographicOperations.HashData(HashAlgorithmName.MD5, Encoding.UTF8.GetBytes(path));
        return new PathKey(BinaryPrimitives.ReadInt64LittleEndian(hash), BinaryPrimitives.ReadInt64LittleEndian(hash.AsSpan(8)));
    }
}
