using System.Net;
using System.Net.Sockets;

namespace Agent.BitTorrent.Tracker;

/// <summary>Takes packets one at a time and sends the answers: each costs microseconds and waits for nothing.</summary>
internal sealed class UdpTrackerListener(Socket socket, UdpAnnounceHandler handler)
{
    /// <summary>More than the longest packet that clients send, a scrape of 74 hashes.</summary>
    private const int LongestPacket = 2048;

    /// <summary>Answers until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var packet = new byte[LongestPacket];
        var answer = new byte[handler.LongestAnswer];
        var anyone = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var received = await socket.ReceiveMessageFromAsync(packet, SocketFlags.None, anyone, stopping);
                var remote = (IPEndPoint)received.RemoteEndPoint;
                var local = received.PacketInformation.Address.Unmapped();
                var length = handler.Answer(packet.AsSpan(0, received.ReceivedBytes), remote.Address.Unmapped(), local, answer);
                if (length > 0)
                    await socket.SendToAsync(answer.AsMemory(0, length), SocketFlags.None, remote, stopping);
            }
            catch (SocketException)
            {
                // One packet was too long, or its sender cannot be reached; the others are not concerned.
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
