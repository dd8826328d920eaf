using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Agent.Replication.Remotes;

/// <summary>Makes connections to another repository, which trust the certificates that its configuration names.</summary>
public static class RemoteHttp
{
    /// <summary>A client without a limit of time for whole answers, that follows no redirection: a key must not go elsewhere.</summary>
    public static HttpClient Create(Remote remote)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            UseCookies = false,
            UseProxy = false,
        };
        if (remote.TlsFingerprint is { } fingerprint)
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => IsExpected(certificate, fingerprint);
        else if (remote.TlsCa is { } file)
            handler.SslOptions.CertificateChainPolicy = Trusting(file);
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("ogrepo-agent");
        return client;
    }

    private static bool IsExpected(X509Certificate? certificate, string fingerprint) =>
        certificate is not null && Convert.ToHexString(SHA256.HashData(certificate.GetRawCertData())) == fingerprint;

    private static X509ChainPolicy Trusting(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy;
    }
}
