using System.Net;
using System.Net.Sockets;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Transmissions;

/// <summary>Server and client on the loopback interface of this machine.</summary>
/// <param name="reason">Why not better.</param>
internal sealed class LoopbackClassroom(string reason) : Classroom
{
    private const int FirstPort = 10_000;
    private const int LastPort = 19_998;

    private static int _nextPair = Random.Shared.Next((LastPort - FirstPort) / 2);

    public override AgentPlace Place => AgentPlace.Here;

    public override string Address => "127.0.0.1";

    public override IReadOnlyList<Seat> Seats { get; } = [new Seat([], "lo", "127.0.0.1", "10.0.0.1")];

    protected override string Ports => $"first_port = {FirstPort}\nlast_port = {LastPort}\n";

    public override string UftpAddress => "127.0.0.1";

    public override int NextPort()
    {
        while (true)
        {
            var port = FirstPort + 2 * (Interlocked.Increment(ref _nextPair) % ((LastPort - FirstPort) / 2));
            if (IsFree(port) && IsFree(port + 1))
                return port;
        }
    }

    public override Socket OpenUdp() => new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public override void Dispose()
    {
    }

    public override string ToString() => $"one client on loopback, because there are no network namespaces: {reason}";

    private bool IsFree(int port)
    {
        try
        {
            using var socket = OpenUdp();
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
