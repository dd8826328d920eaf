using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Agent.Common;
using Agent.Replication.Remotes;
using Agent.Tests.Api;
using Agent.Tests.Support;

namespace Agent.Tests.Replication;

/// <summary>An agent behind TLS, whose certificate nobody knows but who was told of it.</summary>
public sealed class RemoteTlsTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _files = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate = SelfSigned();
    private RunningAgent _agent = null!;

    private Remote Unknown => new("tls", new Uri($"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/"), Key());

    public async Task InitializeAsync()
    {
        _agent = await RunningAgent.StartAsync();
        _listener.Start();
        _ = ServeAsync();
    }

    [Fact]
    public async Task The_certificate_of_the_fingerprint_is_trusted()
    {
        using var agent = new RemoteAgent(Unknown with { TlsFingerprint = Convert.ToHexString(SHA256.HashData(_certificate.RawData)) });

        await agent.GreetAsync(CancellationToken.None);
    }

    [Fact]
    public async Task What_an_authority_of_the_file_has_signed_is_trusted()
    {
        using var agent = new RemoteAgent(Unknown with { TlsCa = _files.Write("ca.pem", System.Text.Encoding.ASCII.GetBytes(_certificate.ExportCertificatePem())) });

        await agent.GreetAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Any_other_certificate_is_refused()
    {
        using var other = SelfSigned();
        foreach (var remote in new[] { Unknown, Unknown with { TlsFingerprint = Convert.ToHexString(SHA256.HashData(other.RawData)) }, Unknown with { TlsCa = _files.Write("other.pem", System.Text.Encoding.ASCII.GetBytes(other.ExportCertificatePem())) } })
        {
            using var agent = new RemoteAgent(remote);
            var refusal = await Assert.ThrowsAsync<RemoteException>(() => agent.GreetAsync(CancellationToken.None));
            Assert.Equal(RemoteFault.Unreachable, refusal.Fault);
        }
    }

    public async Task DisposeAsync()
    {
        _listener.Stop();
        await _agent.DisposeAsync();
        _certificate.Dispose();
        _files.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = CarryAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task CarryAsync(TcpClient near)
    {
        using (near)
        {
            try
            {
                await using var secured = new SslStream(near.GetStream());
                await secured.AuthenticateAsServerAsync(_certificate);
                using var far = new TcpClient();
                await far.ConnectAsync(_agent.Url.Host, _agent.Url.Port);
                await Task.WhenAny(secured.CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(secured));
            }
            catch (Exception e) when (e is IOException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                // The other side does not trust it.
            }
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=tls", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static Secret Key() => Secret.TryParse("a-key-for-tests-only", out var key) ? key! : throw new InvalidOperationException();
}
