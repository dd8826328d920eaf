using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Agent.Cvmfs;

/// <summary>The frame of manifest and whitelist: lines of text, <c>--</c>, the hash of the text, and a signature over the digits of that hash.</summary>
/// <param name="Text">The lines, each with its line feed.</param>
/// <param name="Hash">The hash line: hex digits, without the line feed.</param>
/// <param name="Signature">The raw bytes after it.</param>
internal sealed record SignedText(string Text, string Hash, byte[] Signature)
{
    private static readonly Encoding Plain = Encoding.Latin1;

    /// <summary>True where the hash is that of the text. Nothing but SHA-1 is known here.</summary>
    public bool HashFits => Hash == HashOf(Text);

    /// <summary>What a signature is made of.</summary>
    public byte[] Signed => Plain.GetBytes(Hash);

    /// <summary>Frames a text.</summary>
    /// <param name="text">Lines, each with its line feed, in ASCII.</param>
    /// <param name="sign">Makes the signature over the digits of the hash.</param>
    public static byte[] Compose(string text, Func<byte[], byte[]> sign)
    {
        var hash = HashOf(text);
        return [.. Plain.GetBytes($"{text}--\n{hash}\n"), .. sign(Plain.GetBytes(hash))];
    }

    /// <summary>Takes a frame apart; false where it is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedText? signed)
    {
        signed = null;
        var separator = bytes.IndexOf("\n--\n"u8);
        if (separator < 0)
            return false;
        var rest = bytes[(separator + 4)..];
        var end = rest.IndexOf((byte)'\n');
        if (end < 0)
            return false;
        signed = new SignedText(Plain.GetString(bytes[..(separator + 1)]), Plain.GetString(rest[..end]), rest[(end + 1)..].ToArray());
        return true;
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.SHA1, Plain.GetBytes(text)));
}
