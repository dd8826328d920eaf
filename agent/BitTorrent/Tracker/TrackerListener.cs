using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Agent.BitTorrent.Tracker;

/// <summary>
/// HTTP on a raw socket: one request a connection, <c>Content-Length</c>, then close. ctorrent waits for the close without a limit, and
/// web servers refuse or alter what real clients put into the request line.
/// </summary>
internal sealed partial class TrackerListener(
    Socket listener, TrackerSettings settings, AnnounceHandler handler, TimeProvider time, ILogger logger)
{
    private const int MaxHeader = 8 * 1024;

    /// <summary>Room before the body, where the header is put once the body's length is known.</summary>
    private const int HeaderRoom = 256;

    private readonly AddressLimits _limits = new(settings.PerAddress, time);
    private readonly OpenRequests _open = new(settings.MaxConnections);

    /// <summary>Accepts until <paramref name="stopping"/>; then closes what is open.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await new Acceptor(listener, time, LogNoDescriptors).RunAsync(Admit, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            _open.CloseOlderThan(long.MaxValue);
        }
    }

    /// <summary>Closes the connections whose time is over.</summary>
    public void CloseLate()
    {
        var timeout = (long)(settings.RequestTimeout.TotalSeconds * time.TimestampFrequency);
        _open.CloseOlderThan(time.GetTimestamp() - timeout);
    }

    private void Admit(Socket socket, IPEndPoint remote)
    {
        var address = remote.Address;
        if (!settings.AllowedNetworks.Contains(address) || !_limits.TryEnter(address))
        {
            socket.Dispose();
            return;
        }
        _ = ServeAsync(new OpenRequest(socket, address, time.GetTimestamp()));
    }

    private async Task ServeAsync(OpenRequest request)
    {
        var place = _open.Add(request);
        var buffer = ArrayPool<byte>.Shared.Rent(MaxHeader);
        try
        {
            var length = await ReceiveHeaderAsync(request.Socket, buffer);
            if (length != 0)
                await AnswerAsync(request, buffer, length);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client went away, or was closed for being late: nobody is left to tell.
        }
        catch (Exception e)
        {
            LogFailed(request.Remote, e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _open.Remove(place);
            request.Socket.Dispose();
            _limits.Leave(request.Remote);
        }
    }

    /// <summary>Length of the header; 0 when the client closed before its end, −1 when it is too long.</summary>
    private static async ValueTask<int> ReceiveHeaderAsync(Socket socket, byte[] buffer)
    {
        var received = 0;
        while (received < MaxHeader)
        {
            var n = await socket.ReceiveAsync(buffer.AsMemory(received, MaxHeader - received), SocketFlags.None);
            if (n == 0)
                return 0;
            received += n;
            var length = HttpRequestLine.HeaderLength(buffer.AsSpan(0, received));
            if (length >= 0)
                return length;
        }
        return -1;
    }

    private async ValueTask AnswerAsync(OpenRequest request, byte[] header, int length)
    {
        var answer = ArrayPool<byte>.Shared.Rent(HeaderRoom + handler.LongestAnswer);
        try
        {
            var local = ((IPEndPoint)request.Socket.LocalEndPoint!).Address.Unmapped();
            var bytes = Compose(header.AsSpan(0, Math.Max(length, 0)), isTooLong: length < 0, request.Remote, local, answer);
            await request.Socket.SendAsync(answer.AsMemory(bytes), SocketFlags.None);
            request.Socket.Shutdown(SocketShutdown.Send);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(answer);
        }
    }

    /// <summary>Writes header and body next to each other and returns where in <paramref name="answer"/> they stand.</summary>
    private Range Compose(ReadOnlySpan<byte> header, bool isTooLong, IPAddress remote, IPAddress local, Span<byte> answer)
    {
        var body = new AnswerWriter(answer[HeaderRoom..]);
        var status = isTooLong
            ? AnnounceHandler.Text(HttpStatus.HeaderTooLarge, "the header is longer than 8 KiB", ref body)
            : Route(header, remote, local, ref body);
        Span<byte> head = stackalloc byte[HeaderRoom];
        var written = Encoding.ASCII.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"HTTP/1.1 {(int)status} {status}\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"),
            head);
        head[..written].CopyTo(answer[(HeaderRoom - written)..]);
        return (HeaderRoom - written)..(HeaderRoom + body.Length);
    }

    private HttpStatus Route(ReadOnlySpan<byte> header, IPAddress remote, IPAddress local, ref AnswerWriter body)
    {
        if (!HttpRequestLine.TryParse(header, out var line))
            return AnnounceHandler.Text(HttpStatus.BadRequest, "not an HTTP request", ref body);
        if (!line.Method.SequenceEqual("GET"u8))
            return AnnounceHandler.Text(HttpStatus.MethodNotAllowed, "only GET", ref body);
        if (line.Path.SequenceEqual("/announce"u8))
            return handler.Announce(line.Query, remote, local, ref body);
        if (line.Path.SequenceEqual("/scrape"u8))
            return handler.Scrape(line.Query, local, ref body);
        return AnnounceHandler.Text(HttpStatus.NotFound, "only /announce and /scrape", ref body);
    }

    [LoggerMessage(3010, LogLevel.Warning, "The tracker cannot accept connections for a second: {Reason}")]
    private partial void LogNoDescriptors(string reason);

    [LoggerMessage(3011, LogLevel.Error, "A request of {Remote} to the tracker failed")]
    private partial void LogFailed(IPAddress remote, Exception exception);
}
