using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Agent.Common;

namespace Agent.Hosting.Systemd;

/// <summary>Listening sockets that systemd opened for the API and handed over, as sd_listen_fds(3) describes.</summary>
/// <param name="Descriptors">Their file descriptors; empty where the agent opens its own.</param>
/// <param name="EndPoint">Where the first of them listens; null where that is no address of the network.</param>
public sealed record ActivatedSockets(IReadOnlyList<int> Descriptors, IPEndPoint? EndPoint)
{
    private const int First = 3;

    /// <summary>A unit with more sockets than this is a mistake.</summary>
    private const int Most = 16;

    private static readonly string[] Variables = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"];

    /// <summary>No sockets.</summary>
    public static ActivatedSockets None { get; } = new([], null);

    /// <summary>Takes what this process was handed, once: children get neither the sockets nor the variables that tell of them.</summary>
    public static ActivatedSockets Take()
    {
        var count = Count(Environment.GetEnvironmentVariable("LISTEN_FDS"), Environment.GetEnvironmentVariable("LISTEN_PID"), Environment.ProcessId);
        foreach (var variable in Variables)
            Environment.SetEnvironmentVariable(variable, null);
        if (count == 0)
            return None;
        var descriptors = Enumerable.Range(First, count).ToArray();
        foreach (var descriptor in descriptors)
            LibC.KeepFromChildren(descriptor);
        return new ActivatedSockets(descriptors, EndPointOf(descriptors[0]));
    }

    internal static int Count(string? sockets, string? process, int self) =>
        process == self.ToString(CultureInfo.InvariantCulture) && int.TryParse(sockets, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? Math.Min(count, Most)
            : 0;

    private static IPEndPoint? EndPointOf(int descriptor)
    {
        using var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: false));
        return socket.LocalEndPoint as IPEndPoint;
    }
}
