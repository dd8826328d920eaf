using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Agent.Cvmfs.Scraping;

/// <summary>Verifies a repository as a client does: whitelist by a master key, certificate by the whitelist, manifest by the certificate.</summary>
/// <param name="masterKeys">Public master keys in PEM.</param>
internal sealed class SignatureCheck(IReadOnlyList<string> masterKeys)
{
    private const int LongestCertificate = 256 * 1024;
    private const string HourForm = "yyyyMMddHH";

    /// <summary>What is wrong, as the end of a sentence; null where the client would take the repository.</summary>
    /// <param name="name">The name that the client asked for.</param>
    /// <param name="manifest">The manifest.</param>
    /// <param name="whitelist">The whitelist.</param>
    /// <param name="certificate">The object that the manifest names as its certificate, as it is served.</param>
    /// <param name="now">The time.</param>
    public string? ProblemOf(string name, byte[] manifest, byte[] whitelist, byte[] certificate, DateTimeOffset now)
    {
        if (!SignedText.TryParse(manifest, out var published) || !published.HashFits)
            return "the manifest's hash line is not the SHA-1 of its text";
        if (!SignedText.TryParse(whitelist, out var listed) || !listed.HashFits)
            return "the whitelist's hash line is not the SHA-1 of its text";
        var fields = published.Text.Split('\n').Where(line => line.Length > 0).GroupBy(line => line[0]).ToDictionary(group => group.Key, group => group.Last()[1..]);
        if (fields.GetValueOrDefault('N') != name)
            return $"the manifest is of \"{fields.GetValueOrDefault('N')}\"";
        if (fields.GetValueOrDefault('R') != Publishing.PublishedManifest.RootPathHash)
            return "the manifest's R is not the MD5 of the root's path";
        if (fields.GetValueOrDefault('X') != Publishing.ObjectHash.Of(certificate))
            return "the certificate has not the hash that the manifest says";
        return WhitelistProblem(name, listed, now) ?? CertificateProblem(published, listed, certificate);
    }

    private string? WhitelistProblem(string name, SignedText listed, DateTimeOffset now)
    {
        var lines = listed.Text.Split('\n');
        if (lines.Length < 4 || lines[0].Length != 14 || lines[1].Length != 15 || lines[1][0] != 'E')
            return "the whitelist does not begin with two times";
        // By whole hours: so do clients.
        if (string.CompareOrdinal(now.UtcDateTime.ToString(HourForm, CultureInfo.InvariantCulture), lines[1][1..11]) >= 0)
            return $"the whitelist has expired at {lines[1][1..]} UTC";
        if (lines[2] != "N" + name)
            return $"the whitelist is of \"{lines[2]}\"";
        return masterKeys.Any(key => IsSignedBy(listed, key)) ? null : "the whitelist is signed by none of the master keys";
    }

    private static bool IsSignedBy(SignedText listed, string pem)
    {
        using var key = RSA.Create();
        key.ImportFromPem(pem);
        return RawRsa.Verify(listed.Signed, listed.Signature, key.ExportParameters(includePrivateParameters: false));
    }

    private static string? CertificateProblem(SignedText published, SignedText listed, byte[] compressed)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(Inflate(compressed)));
            var fingerprint = Convert.ToHexString(SHA1.HashData(certificate.RawData));
            if (!listed.Text.Split('\n').Skip(3).Select(Fingerprint).Contains(fingerprint))
                return "the certificate is not on the whitelist";
            using var key = certificate.GetRSAPublicKey();
            return key is not null && key.VerifyData(published.Signed, published.Signature, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1)
                ? null
                : "the manifest is not signed by its certificate";
        }
        catch (Exception e) when (e is CryptographicException or InvalidDataException or ArgumentException)
        {
            return $"the certificate cannot be read: {e.Message}";
        }
    }

    private static string Fingerprint(string line)
    {
        var end = line.AsSpan().IndexOfAny(" \t#");
        return (end < 0 ? line : line[..end]).Replace(":", "", StringComparison.Ordinal).ToUpperInvariant();
    }

    /// <summary>A few bytes may unfold to gigabytes.</summary>
    private static byte[] Inflate(byte[] compressed)
    {
        using var zlib = new ZLibStream(new MemoryStream(compressed), CompressionMode.Decompress);
        var buffer = new byte[LongestCertificate + 1];
        var length = zlib.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length <= LongestCertificate ? buffer[..length] : throw new InvalidDataException($"more than {LongestCertificate} bytes");
    }
}
