using System.Net;
using System.Net.Sockets;

namespace Agent.EndToEnd.Replication;

/// <summary>The network between two agents: carries connections to one of them, counts what comes from it, and can be cut.</summary>
internal sealed class Wire : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly HashSet<Socket> _open = [];
    private long _carried;
    private volatile bool _isCut;

    public Wire(Uri target)
    {
        Target = target;
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Where it leads.</summary>
    public Uri Target { get; set; }

    /// <summary>Where it begins.</summary>
    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Bytes that came from the target.</summary>
    public long Carried => Interlocked.Read(ref _carried);

    /// <summary>Ends every connection, and lets none come about until it is mended.</summary>
    public void Cut()
    {
        _isCut = true;
        lock (_open)
        {
            foreach (var socket in _open)
                socket.Close();
            _open.Clear();
        }
    }

    public void Mend() => _isCut = false;

    public void Dispose()
    {
        _end.Cancel();
        _listener.Stop();
        Cut();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = CarryAsync(await _listener.AcceptSocketAsync(_end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task CarryAsync(Socket near)
    {
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (near)
        {
            if (!TryKeep(near, far))
                return;
            try
            {
                await far.ConnectAsync(Target.Host, Target.Port, _end.Token);
                await Task.WhenAny(PumpAsync(near, far, 0), PumpAsync(far, near, 1));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Cut, or nobody is there.
            }
        }
    }

    private bool TryKeep(Socket near, Socket far)
    {
        lock (_open)
            return !_isCut && _open.Add(near) && _open.Add(far);
    }

    private async Task PumpAsync(Socket from, Socket to, int counts)
    {
        var block = new byte[64 * 1024];
        while (await from.ReceiveAsync(block, SocketFlags.None, _end.Token) is > 0 and var read)
        {
            Interlocked.Add(ref _carried, counts * read);
            for (var sent = 0; sent < read;)
                sent += await to.SendAsync(block.AsMemory(sent, read - sent), SocketFlags.None, _end.Token);
        }
    }
}
