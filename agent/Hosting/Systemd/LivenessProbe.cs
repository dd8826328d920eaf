using System.Net;
using System.Net.Sockets;
using System.Text;
using Agent.Api;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Tracker;
using Agent.Common;
using Agent.Images;

namespace Agent.Hosting.Systemd;

/// <summary>Asks the parts that must never stand still for a sign of life: the catalogue's one writer, and each listener over a connection of its own.</summary>
internal sealed class LivenessProbe(CatalogueWriter writer, AgentIdentity identity, IServiceProvider services)
{
    /// <summary>Any answer will do, a refusal of this network included.</summary>
    private static readonly byte[] HttpRequest = Encoding.ASCII.GetBytes("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    /// <summary>No handshake: the seeder closes the connection.</summary>
    private static readonly byte[] NoHandshake = [0];

    /// <summary>The parts that do not answer in time.</summary>
    public async Task<IReadOnlyList<string>> FindStuckAsync(TimeSpan limit, CancellationToken cancellation)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        time.CancelAfter(limit);
        var probes = Probes(time.Token).ToList();
        var stuck = new List<string>();
        foreach (var (part, answer) in probes)
        {
            if (!await AnswersAsync(answer))
                stuck.Add(part);
        }
        cancellation.ThrowIfCancellationRequested();
        return stuck;
    }

    private IEnumerable<(string Part, Task<bool> Answer)> Probes(CancellationToken limit)
    {
        yield return ("the catalogue writer", WorksAsync(limit));
        foreach (var url in identity.Listen().Select(url => new Uri(url)).Where(url => IPAddress.TryParse(url.DnsSafeHost, out _)))
            yield return ("the API", AnswersAsync(() => new IPEndPoint(IPAddress.Parse(url.DnsSafeHost), url.Port), HttpRequest, mustSpeak: true, limit));
        if (services.GetService<TrackerService>() is { } tracker)
            yield return ("the tracker", AnswersAsync(() => tracker.LocalEndPoint, HttpRequest, mustSpeak: false, limit));
        if (services.GetService<SeederService>() is { } seeder)
            yield return ("the seeder", AnswersAsync(() => seeder.LocalEndPoint, NoHandshake, mustSpeak: false, limit));
    }

    /// <summary>A look at many images on a slow disk keeps the writer busy for minutes: then it is alive as long as it gets on.</summary>
    private async Task<bool> WorksAsync(CancellationToken limit)
    {
        var before = writer.Looks;
        try
        {
            await writer.PingAsync(limit);
            return true;
        }
        catch (OperationCanceledException)
        {
            return writer.Looks != before;
        }
    }

    /// <summary>True where somebody accepts the connection: he answers, or closes it.</summary>
    private static async Task<bool> AnswersAsync(Func<IPEndPoint> listening, ReadOnlyMemory<byte> request, bool mustSpeak, CancellationToken limit)
    {
        var listener = listening();
        using var socket = new Socket(listener.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        var answer = new byte[1];
        await socket.ConnectAsync(Endpoints.Reachable(listener), limit);
        try
        {
            await socket.SendAsync(request, SocketFlags.None, limit);
            // Who need not speak is told that nothing more comes. A web server would take that for a client that has gone away.
            if (!mustSpeak)
                socket.Shutdown(SocketShutdown.Send);
            return await socket.ReceiveAsync(answer, SocketFlags.None, limit) > 0 || !mustSpeak;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.NotConnected)
        {
            return !mustSpeak;
        }
    }

    private static async Task<bool> AnswersAsync(Task<bool> answer)
    {
        try
        {
            return await answer;
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            return false; // A listener that is gone has no address any more.
        }
    }
}
