using Agent.Images;
using Agent.Transmissions.Udpcast;
using Agent.Transmissions.Uftp;

namespace Agent.Transmissions;

/// <summary>Sends images of the catalogue. An image is in use, and cannot be deleted, until its transmission has ended.</summary>
public sealed class ImageSender(
    SenderLauncher launcher, TransmissionRegistry registry, ImageDirectory directory, ImageUses uses, TransmissionOptions options)
{
    private readonly UdpcastSender _udpcast = new(launcher);
    private readonly UftpSender _uftp = new(launcher);

    /// <summary>How this server sends, which requests are read against.</summary>
    public TransmissionOptions Options => options;

    /// <summary>Sends by UDPcast; returns when receivers can join.</summary>
    /// <exception cref="TransmissionException">It could not be started.</exception>
    public Task<TransmissionSnapshot> StartAsync(Image image, UdpcastParameters parameters, CancellationToken cancellation) =>
        UseAsync(image, "udpcast", path => _udpcast.StartAsync(path, parameters, cancellation));

    /// <summary>Sends by UFTP; returns when it is being announced.</summary>
    /// <exception cref="TransmissionException">It could not be started.</exception>
    public Task<TransmissionSnapshot> StartAsync(Image image, UftpParameters parameters, CancellationToken cancellation) =>
        UseAsync(image, "uftp", path => _uftp.StartAsync(path, parameters, cancellation));

    private async Task<TransmissionSnapshot> UseAsync(Image image, string protocol, Func<string, Task<TransmissionSnapshot>> start)
    {
        var use = uses.Begin(image.Id, $"a {protocol} transmission, which has to end or be cancelled first");
        try
        {
            var started = await start(directory.PathOf(image.Id));
            registry.DisposeAtEnd(started.Id, use);
            return started;
        }
        catch
        {
            use.Dispose();
            throw;
        }
    }
}
