using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Agent.Common;

namespace Agent.Cvmfs.Publishing.Signing;

/// <summary>
/// The keys of the agent, as files in a directory of their own: <c>master.key</c> signs whitelists, <c>repository.key</c> signs manifests,
/// <c>repository.crt</c> is the latter's certificate. Made at the first start; keys that are put there before are used. No key is in memory
/// for longer than a signature takes.
/// </summary>
/// <param name="directory">The directory, made where it is missing.</param>
internal sealed class SigningKeys(string directory)
{
    private const int Bits = 2048;
    private const int GroupAndOthers = 0b000_111_111;

    /// <summary>RFC 5280, 4.1.2.5: a certificate without a known end. Readers of CVMFS do not look at it, and nothing can be forgotten.</summary>
    private static readonly DateTimeOffset Never = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    private string MasterPath => Path.Combine(directory, "master.key");

    private string RepositoryPath => Path.Combine(directory, "repository.key");

    private string CertificatePath => Path.Combine(directory, "repository.crt");

    /// <summary>Makes what is missing. What is there is read when it is needed: most starts of an agent publish nothing new.</summary>
    /// <param name="name">Name of the repository, for a new certificate.</param>
    /// <param name="now">When a new certificate begins to be valid.</param>
    /// <exception cref="IOException">A file cannot be made, or may be read by others; the message says which and what to do.</exception>
    public void Provide(string name, DateTimeOffset now)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        ProvideKey(MasterPath);
        ProvideKey(RepositoryPath);
        if (!File.Exists(CertificatePath))
            MakeCertificate(name, now);
    }

    /// <summary>Holds what is there to be usable and to belong together.</summary>
    /// <exception cref="IOException">A file cannot be read, is no key, or is of another; the message says which and what to do.</exception>
    public void Check()
    {
        Read(MasterPath).Dispose();
        using var key = Read(RepositoryPath);
        CheckCertificate(key);
    }

    /// <summary>The certificate as it is published.</summary>
    public byte[] Certificate() => File.ReadAllBytes(CertificatePath);

    /// <summary>The certificate's fingerprint as whitelists have it.</summary>
    public string Fingerprint()
    {
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(CertificatePath));
        return string.Join(':', SHA1.HashData(certificate.RawData).Select(part => part.ToString("X2")));
    }

    /// <summary>The public half of the master key, for those who verify.</summary>
    public string MasterPublicKey()
    {
        using var key = Read(MasterPath);
        return key.ExportSubjectPublicKeyInfoPem() + "\n";
    }

    /// <summary>Signs the hash line of a manifest: RSA, PKCS#1 v1.5 with SHA-1.</summary>
    public byte[] SignManifest(byte[] hash)
    {
        using var key = Read(RepositoryPath);
        return key.SignData(hash, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);
    }

    /// <summary>Signs the hash line of a whitelist, <see cref="RawRsa"/>.</summary>
    public byte[] SignWhitelist(byte[] hash)
    {
        using var key = Read(MasterPath);
        return RawRsa.Sign(hash, key.ExportParameters(includePrivateParameters: true));
    }

    private static void ProvideKey(string path)
    {
        if (!File.Exists(path))
        {
            using var made = RSA.Create(Bits);
            AtomicFile.Write(path, Encoding.ASCII.GetBytes(made.ExportPkcs8PrivateKeyPem() + "\n"), AtomicFile.Secret);
        }
        if (FileStatus.Of(path) is { } status && (status.Permissions & GroupAndOthers) != 0)
            throw new IOException($"{path} may be used by others than its owner (mode {Convert.ToString(status.Permissions, 8)}); run: chmod 600 {path}");
    }

    private static RSA Read(string path)
    {
        var key = RSA.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            _ = key.ExportParameters(includePrivateParameters: true);
            return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new IOException($"{path} is no private RSA key in PEM, without a pass phrase: {e.Message}", e);
        }
    }

    private void MakeCertificate(string name, DateTimeOffset now)
    {
        using var key = Read(RepositoryPath);
        var request = new CertificateRequest($"CN={name} CernVM-FS Release Managers", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        // A day back: a client's clock may be behind.
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), Never);
        AtomicFile.Write(CertificatePath, Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n"));
    }

    private void CheckCertificate(RSA key)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(CertificatePath));
            using var certified = certificate.GetRSAPublicKey();
            if (certified is null || !certified.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
                throw new IOException($"{CertificatePath} does not belong to {RepositoryPath}; remove it to have a new one made, or put the right one there");
        }
        catch (CryptographicException e)
        {
            throw new IOException($"{CertificatePath} is no certificate in PEM: {e.Message}", e);
        }
    }
}
