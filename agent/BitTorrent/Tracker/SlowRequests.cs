using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Agent.BitTorrent.Tracker;

/// <summary>The few connections whose request comes, or whose answer goes, in more than one part: served asynchronously, each within its time.</summary>
internal sealed class SlowRequests(
    TrackerSettings settings, HttpAnswers answers, AddressLimits limits, TimeProvider time, ILogger logger)
{
    private readonly OpenRequests _open = new(settings.MaxConnections);

    /// <summary>Closes the connections whose time is over.</summary>
    public void CloseLate() =>
        _open.CloseOlderThan(time.GetTimestamp() - (long)(settings.RequestTimeout.TotalSeconds * time.TimestampFrequency));

    /// <summary>Closes all connections.</summary>
    public void CloseAll() => _open.CloseOlderThan(long.MaxValue);

    /// <summary>Receives the rest of a request, answers it, closes the connection and leaves the limits.</summary>
    public void Receive(AcceptedConnection connection, IPAddress remote, ReadOnlySpan<byte> received)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(HttpAnswers.MaxHeader);
        received.CopyTo(buffer);
        var length = received.Length;
        _ = ServeAsync(connection, remote, buffer, socket => AnswerAsync(socket, remote, buffer, length));
    }

    /// <summary>Sends the rest of an answer, closes the connection and leaves the limits.</summary>
    public void Send(AcceptedConnection connection, IPAddress remote, ReadOnlySpan<byte> rest)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(rest.Length);
        rest.CopyTo(buffer);
        var length = rest.Length;
        _ = ServeAsync(connection, remote, buffer, socket => SendAsync(socket, buffer.AsMemory(0, length)));
    }

    private async Task ServeAsync(AcceptedConnection connection, IPAddress remote, byte[] buffer, Func<Socket, Task> work)
    {
        LinkedListNode<OpenRequest>? place = null;
        try
        {
            using var socket = connection.ToSocket();
            place = _open.Add(new OpenRequest(socket, time.GetTimestamp()));
            await work(socket);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client went away, or was closed for being late: nobody is left to tell.
        }
        catch (Exception e)
        {
            RequestLog.Failed(logger, remote, e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (place is not null)
                _open.Remove(place);
            limits.Leave(remote);
        }
    }

    private async Task AnswerAsync(Socket socket, IPAddress remote, byte[] buffer, int received)
    {
        var length = await ReceiveHeaderAsync(socket, buffer, received);
        if (length == 0)
            return;
        var answer = ArrayPool<byte>.Shared.Rent(answers.Longest);
        try
        {
            var local = ((IPEndPoint)socket.LocalEndPoint!).Address.Unmapped();
            var bytes = length < 0 ? HttpAnswers.WriteTooLong(answer) : answers.Write(buffer.AsSpan(0, length), remote, local, answer);
            await SendAsync(socket, answer.AsMemory(bytes));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(answer);
        }
    }

    /// <summary>Length of the header; 0 when the client closed before its end, −1 when it is too long.</summary>
    private static async ValueTask<int> ReceiveHeaderAsync(Socket socket, byte[] buffer, int received)
    {
        while (received < HttpAnswers.MaxHeader)
        {
            var n = await socket.ReceiveAsync(buffer.AsMemory(received, HttpAnswers.MaxHeader - received), SocketFlags.None);
            if (n == 0)
                return 0;
            received += n;
            var length = HttpRequestLine.HeaderLength(buffer.AsSpan(0, received));
            if (length >= 0)
                return length;
        }
        return -1;
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        await socket.SendAsync(bytes, SocketFlags.None);
        socket.Shutdown(SocketShutdown.Send);
    }
}
