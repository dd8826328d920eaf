using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Agent.Hosting.Systemd;

/// <summary>Tells systemd how the service is doing, by the datagrams of sd_notify(3). Where nobody asked to be told, it does nothing.</summary>
/// <param name="address">Value of <c>NOTIFY_SOCKET</c>: a path, or a name in the abstract namespace behind <c>@</c>; null for nobody.</param>
internal sealed class ServiceNotifier(string? address)
{
    /// <summary>systemd reads at once; a socket that nobody reads must not hold the agent up.</summary>
    private const int SendMilliseconds = 1000;

    private readonly EndPoint? _address = EndPointOf(address);

    /// <summary>The one that the environment names.</summary>
    public static ServiceNotifier OfEnvironment() => new(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));

    /// <summary>True where somebody is told.</summary>
    public bool IsHeard => _address is not null;

    /// <summary>The service works, or works again after a reload.</summary>
    public void Ready() => Send("READY=1");

    /// <summary>The service reads its configuration again; <see cref="Ready"/> ends that. The time tells this reload from an earlier one.</summary>
    public void Reloading() => Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={MonotonicMicroseconds}"));

    /// <summary>The service ends.</summary>
    public void Stopping() => Send("STOPPING=1");

    /// <summary>A line for <c>systemctl status</c>.</summary>
    public void Status(string text) => Send($"STATUS={text.ReplaceLineEndings(" ")}");

    /// <summary>The service is alive.</summary>
    public void Alive() => Send("WATCHDOG=1");

    /// <summary>CLOCK_MONOTONIC, which the stopwatch of .NET reads on Linux.</summary>
    private static long MonotonicMicroseconds => (long)(Stopwatch.GetTimestamp() * 1e6 / Stopwatch.Frequency);

    private void Send(string message)
    {
        if (_address is null)
            return;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = SendMilliseconds };
            socket.SendTo(Encoding.UTF8.GetBytes(message), _address);
        }
        catch (SocketException)
        {
            // Nobody listens any more. Whoever did decides by its own time limits.
        }
    }

    private static UnixDomainSocketEndPoint? EndPointOf(string? address) => address switch
    {
        null or "" => null,
        ['@', .. var name] => new UnixDomainSocketEndPoint($"\0{name}"),
        ['/', ..] => new UnixDomainSocketEndPoint(address),
        _ => null, // vsock: and what may come are for virtual machines.
    };
}
