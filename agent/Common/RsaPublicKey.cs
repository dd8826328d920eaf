using System.Security.Cryptography;

namespace Agent.Common;

/// <summary>Public RSA keys as people give them.</summary>
public static class RsaPublicKey
{
    private const int MaximumLength = 64 * 1024;
    private const string Begin = "-----BEGIN PUBLIC KEY-----\n";
    private const string End = "\n-----END PUBLIC KEY-----\n";

    /// <summary>
    /// Reads a key in PEM, or what stands between the lines of dashes alone, which fits into a URL: there <c>-</c> and <c>_</c> may stand for
    /// <c>+</c> and <c>/</c>, and a <c>+</c> that nobody escaped arrives as a blank.
    /// </summary>
    /// <returns>The key in PEM.</returns>
    /// <exception cref="FormatException">It is no public RSA key; the message is a sentence.</exception>
    public static string Parse(string text)
    {
        var pem = text.Contains("-----BEGIN", StringComparison.Ordinal) ? text : Begin + text.Trim().Replace('-', '+').Replace('_', '/').Replace(' ', '+') + End;
        try
        {
            using var key = RSA.Create();
            key.ImportFromPem(pem);
            return key.ExportSubjectPublicKeyInfoPem();
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw new FormatException($"What is given is no public RSA key in PEM: {e.Message}", e);
        }
    }

    /// <summary>Reads a file of one key in PEM.</summary>
    /// <exception cref="FormatException">It holds no public RSA key.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string ReadFile(string path)
    {
        var info = new FileInfo(path);
        if (info is { Exists: true, Length: > MaximumLength })
            throw new FormatException($"\"{path}\" has {info.Length} bytes, too many for a public key in PEM.");
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (FormatException e)
        {
            throw new FormatException($"\"{path}\": {e.Message}", e);
        }
    }
}
