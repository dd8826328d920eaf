using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Agent.Common;

namespace Agent.BitTorrent.Tracker;

/// <summary>
/// HTTP on a raw socket: one request a connection, <c>Content-Length</c>, then close. ctorrent waits for the close without a limit, and
/// web servers refuse or alter what real clients put into the request line.
/// <para>
/// It has a thread of its own, and the kernel gives it a connection only when the request has come (<c>TCP_DEFER_ACCEPT</c>): so accept,
/// receive, send and close follow each other without waiting. What is not whole by then goes to <see cref="SlowRequests"/>.
/// </para>
/// </summary>
internal sealed partial class TrackerListener
{
    private const int TcpLevel = 6;
    private const int DeferAccept = 9;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Socket _listener;
    private readonly TrackerSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AddressLimits _limits;
    private readonly HttpAnswers _answers;
    private readonly SlowRequests _slow;
    private readonly LastAddress _local = new();
    private readonly byte[] _request = new byte[HttpAnswers.MaxHeader];
    private readonly byte[] _answer;

    public TrackerListener(Socket listener, TrackerSettings settings, AnnounceHandler handler, TimeProvider time, ILogger logger)
    {
        _listener = listener;
        _settings = settings;
        _time = time;
        _logger = logger;
        _limits = new AddressLimits(settings.PerAddress, time);
        _answers = new HttpAnswers(handler);
        _slow = new SlowRequests(settings, _answers, _limits, time, logger);
        _answer = new byte[_answers.Longest];
    }

    /// <summary>Answers until <paramref name="stopping"/>; then closes what is open.</summary>
    /// <exception cref="IOException">The listening socket broke.</exception>
    public Task RunAsync(CancellationToken stopping) =>
        Task.Factory.StartNew(() => Run(stopping), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Closes the connections whose time is over.</summary>
    public void CloseLate() => _slow.CloseLate();

    private void Run(CancellationToken stopping)
    {
        using var wait = new DescriptorWait();
        using var wake = stopping.Register(wait.Wake);
        _listener.Blocking = false;
        _listener.SetRawSocketOption(TcpLevel, DeferAccept, BitConverter.GetBytes((int)Math.Ceiling(_settings.RequestTimeout.TotalSeconds)));
        while (!stopping.IsCancellationRequested)
        {
            if (AcceptedConnection.TryAccept(_listener, out var connection))
                Admit(connection);
            else
                PauseAfter(Marshal.GetLastPInvokeError(), wait, stopping);
        }
        _slow.CloseAll();
    }

    private void PauseAfter(int error, DescriptorWait wait, CancellationToken stopping)
    {
        SocketCalls.ThrowIfBroken(error, "the tracker cannot accept connections");
        switch (error)
        {
            case Errno.TryAgain:
                wait.UntilReadable((int)_listener.Handle);
                break;
            case Errno.NoMemory or Errno.TooManyOpenInAll or Errno.TooManyOpen or Errno.NoBuffers:
                // Passes when others close; trying again at once would only burn the processor.
                LogNoDescriptors(Marshal.GetPInvokeErrorMessage(error));
                Task.Delay(Pause, _time, stopping).ContinueWith(_ => { }, TaskScheduler.Default).Wait(CancellationToken.None);
                break;
            default:
                break; // One peer went away before it was accepted.
        }
    }

    private void Admit(AcceptedConnection connection)
    {
        var remote = connection.Remote.ToIPAddress();
        if (!_settings.AllowedNetworks.Contains(remote) || !_limits.TryEnter(remote))
        {
            connection.Close();
            return;
        }
        var received = connection.Receive(_request);
        var header = HttpRequestLine.HeaderLength(_request.AsSpan(0, Math.Max(received, 0)));
        if (received >= 0 && header < 0)
            _slow.Receive(connection, remote, _request.AsSpan(0, received));
        else
            Answer(connection, remote, Math.Max(header, 0));
    }

    /// <summary>Answers a request that has come in full, and closes the connection; with a length of 0 it only closes it.</summary>
    private void Answer(AcceptedConnection connection, IPAddress remote, int header)
    {
        var answer = header > 0 ? Compose(connection, remote, header) : default;
        var sent = answer.IsEmpty ? 0 : connection.SendLast(answer);
        if (sent >= 0 && sent < answer.Length)
        {
            _slow.Send(connection, remote, answer[sent..]);
            return;
        }
        connection.Close();
        _limits.Leave(remote);
    }

    private ReadOnlySpan<byte> Compose(AcceptedConnection connection, IPAddress remote, int header)
    {
        try
        {
            return _answer.AsSpan(_answers.Write(_request.AsSpan(0, header), remote, _local.Of(connection.Local), _answer));
        }
        catch (Exception e)
        {
            RequestLog.Failed(_logger, remote, e);
            return default;
        }
    }

    [LoggerMessage(3010, LogLevel.Warning, "The tracker cannot accept connections for a second: {Reason}")]
    private partial void LogNoDescriptors(string reason);
}
