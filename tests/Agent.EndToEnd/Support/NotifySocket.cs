using System.Net.Sockets;
using System.Text;

namespace Agent.EndToEnd.Support;

/// <summary>Stands in for systemd: hears what a service tells it by sd_notify(3).</summary>
public sealed class NotifySocket : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _ending = new();
    private readonly List<string> _heard = [];
    private readonly Task _listening;

    public NotifySocket()
    {
        _socket.Bind(new UnixDomainSocketEndPoint($"\0{Address[1..]}"));
        _listening = ListenAsync();
    }

    /// <summary>What <c>NOTIFY_SOCKET</c> names: of the abstract namespace, as systemd's own may be.</summary>
    public string Address { get; } = $"@ogrepo-e2e-{Guid.NewGuid():N}";

    /// <summary>All messages so far.</summary>
    public IReadOnlyList<string> Heard
    {
        get
        {
            lock (_heard)
                return [.. _heard];
        }
    }

    /// <summary>An agent is started with this in its environment.</summary>
    public AgentPlace Place(params string[] more) =>
        AgentPlace.AsService with { Command = [.. AgentPlace.AsService.Command, $"NOTIFY_SOCKET={Address}", .. more] };

    /// <summary>Waits until a message is heard of which the condition holds.</summary>
    public Task SeeAsync(string expected, Func<string, bool> holds, int times = 1) => Eventually.SeeAsync(
        () => Task.FromResult(Heard.Count(holds) >= times ? "yes" : null), expected, () => string.Join('\n', Heard));

    /// <inheritdoc cref="SeeAsync(string, Func{string, bool}, int)"/>
    public Task SeeAsync(string message, int times = 1) => SeeAsync($"systemd is told {message}", heard => heard == message, times);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _listening;
        _socket.Dispose();
        _ending.Dispose();
    }

    private async Task ListenAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var length = await _socket.ReceiveAsync(buffer, _ending.Token);
                lock (_heard)
                    _heard.Add(Encoding.UTF8.GetString(buffer, 0, length));
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the test.
        }
    }
}
