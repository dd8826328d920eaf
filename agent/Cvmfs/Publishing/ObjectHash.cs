using System.Security.Cryptography;

namespace Agent.Cvmfs.Publishing;

/// <summary>
/// The name of an object: the SHA-1 of the bytes that are served, in lower-case hex, and a letter for its kind. SHA-1, because the
/// known readers take nothing else; here it identifies, and integrity is the SHA-256 of the catalogue's business.
/// </summary>
public static class ObjectHash
{
    /// <summary>Hex digits of a hash.</summary>
    public const int Digits = 40;

    /// <summary>The kinds of object that have a letter.</summary>
    public const string Letters = "CHMPX";

    /// <summary>A file catalog.</summary>
    public const char Catalog = 'C';

    /// <summary>The tag database.</summary>
    public const char Tags = 'H';

    /// <summary>A part of a file.</summary>
    public const char Part = 'P';

    /// <summary>The certificate.</summary>
    public const char Certificate = 'X';

    /// <summary>What the repository says of itself.</summary>
    public const char Metainfo = 'M';

    /// <summary>The hash of bytes.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.SHA1, bytes));

    /// <summary>Whether a text is the hash of an object.</summary>
    public static bool IsHash(string text) => text.Length == Digits && text.All(char.IsAsciiHexDigitLower);

    /// <summary>The path of an object below the repository: <c>data/ab/cdef…C</c>.</summary>
    public static string Path(string hash, char letter) => $"data/{hash[..2]}/{hash[2..]}{letter}";

    /// <summary>The hash and letter of a name, <c>ab/cdef…C</c>; a whole file has the letter <c>\0</c>. Anything else is refused.</summary>
    public static bool TryParse(string name, out string hash, out char letter)
    {
        (hash, letter) = ("", '\0');
        if (name.Length is not (Digits + 1) and not (Digits + 2) || name[2] != '/')
            return false;
        hash = string.Concat(name.AsSpan(0, 2), name.AsSpan(3, Digits - 2));
        if (name.Length == Digits + 2)
            letter = name[^1];
        return IsHash(hash) && (letter == '\0' || Letters.Contains(letter));
    }
}
