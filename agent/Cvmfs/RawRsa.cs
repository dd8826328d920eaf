using System.Numerics;
using System.Security.Cryptography;

namespace Agent.Cvmfs;

/// <summary>
/// RSA as the whitelist has it: PKCS#1 v1.5 padding of type 1 around the signed bytes themselves, without the structure that names a digest
/// (what <c>openssl pkeyutl -sign</c> does with a bare input). .NET has no call for it. The time of <see cref="Sign"/> depends on the key, so
/// it is done once for each whitelist, which is twice in its life, however many ask for one: that tells nobody anything of the key.
/// </summary>
internal static class RawRsa
{
    /// <summary>The bytes of padding that there are at least.</summary>
    private const int Frame = 11;

    /// <summary>Signs bytes that are at least 11 shorter than the modulus.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> content, RSAParameters key) => Power(Pad(content, key.Modulus!.Length), key.D!, key.Modulus);

    /// <summary>True where a signature was made by the private half of a key over exactly these bytes.</summary>
    public static bool Verify(ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature, RSAParameters key)
    {
        if (signature.Length != key.Modulus!.Length || content.Length + Frame > signature.Length)
            return false;
        return Power(signature, key.Exponent!, key.Modulus).AsSpan().SequenceEqual(Pad(content, key.Modulus.Length));
    }

    private static byte[] Pad(ReadOnlySpan<byte> content, int length)
    {
        if (content.Length + Frame > length)
            throw new CryptographicException($"{content.Length} bytes do not fit a key of {length * 8} bits");
        var padded = new byte[length];
        padded.AsSpan().Fill(0xFF);
        (padded[0], padded[1], padded[length - content.Length - 1]) = (0, 1, 0);
        content.CopyTo(padded.AsSpan(length - content.Length));
        return padded;
    }

    private static byte[] Power(ReadOnlySpan<byte> value, byte[] exponent, byte[] modulus)
    {
        var result = BigInteger.ModPow(Number(value), Number(exponent), Number(modulus)).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[modulus.Length - result.Length], .. result];
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
}
