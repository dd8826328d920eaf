using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Wire;

namespace Agent.BitTorrent.Seeding;

/// <summary>
/// A link to one peer, from its socket to its end: handshake, then a loop that receives and a loop that sends. No timer and no thread of
/// its own; <see cref="Tick"/> keeps its deadlines.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer, and disposing of it would race with Close.")]
internal sealed partial class PeerConnection
{
    private const int TcpNotSentLowWater = 25;
    private const int NotSentLimit = 512 * 1024;
    private const double RateSmoothing = 0.3;

    private readonly Seeder _seeder;
    private readonly Socket _socket;
    private readonly IPEndPoint _remote;
    private readonly PeerAddress _address;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly ReceiveBuffer _buffer = new();
    private readonly long _started;
    private PeerSender? _sender;
    private PeerMessages? _messages;
    private PeerId _id;
    private long _received;
    private long _uploadedAtTick;
    private double _bytesPerSecond;
    private int _isClosed;

    public PeerConnection(Seeder seeder, Socket socket, IPEndPoint remote, ILogger logger)
    {
        _seeder = seeder;
        _socket = socket;
        _remote = remote;
        _address = PeerAddress.Of(remote.Address);
        _logger = logger;
        _started = _received = seeder.Now;
    }

    /// <summary>The torrent it is about; null before the handshake has told.</summary>
    public ActiveTorrent? Torrent { get; private set; }

    /// <summary>True when the peer has fetched the metadata over this link.</summary>
    public bool HasServedMetadata => _messages is { HasServedMetadata: true };

    /// <summary>True when this is a link to the peer that announced; libtorrent has another id on every link, but tells where it listens.</summary>
    public bool Is(in AnnouncedLeecher leecher) =>
        _id == leecher.Id
        || (_address == leecher.Address && (_remote.Port == leecher.Port || _messages?.Extensions.Port == leecher.Port));

    /// <summary>Serves the peer until one of both closes; never throws.</summary>
    /// <param name="dialled">The torrent for which the peer was dialled; null when it came by itself.</param>
    public async Task RunAsync(InfoHash? dialled)
    {
        try
        {
            Prepare();
            var reason = await HandshakeAsync(dialled) ?? await ServeAsync();
            Close(reason);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException or IOException)
        {
            Close(e.Message);
        }
        catch (Exception e)
        {
            LogFailed(_remote, e);
            Close("an error of the agent");
        }
        finally
        {
            _seeder.Remove(this);
        }
    }

    /// <summary>Closes the link; the first reason counts.</summary>
    public void Close(string reason)
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
            return;
        LogClosed(_remote, _id, reason);
        _closing.Cancel();
        _sender?.Wake();
        _socket.Dispose();
    }

    /// <summary>Once a second: deadlines, keep-alive, rate.</summary>
    public void Tick()
    {
        var settings = _seeder.Settings;
        if (_sender is not { } sender || _messages is null)
        {
            if (IsOver(_started, settings.HandshakeTimeout))
                Close("no handshake in time");
            return;
        }
        var uploaded = sender.Uploaded;
        _bytesPerSecond += RateSmoothing * (uploaded - _uploadedAtTick - _bytesPerSecond);
        _uploadedAtTick = uploaded;
        if (sender.SendingSince is var since and not 0)
        {
            if (IsOver(since, settings.WriteTimeout))
                Close("the peer does not take what it asked for");
        }
        else if (sender.IsIdle && IsOver(Volatile.Read(ref _received), settings.IdleTimeout))
            Close("silent for too long");
        else if (IsOver(sender.LastSent, settings.KeepAlive) && sender.IsIdle)
            sender.TryQueueControl(stackalloc byte[MessageFrame.PrefixLength]);
    }

    /// <summary>Its numbers at this moment.</summary>
    public PeerUpload Snapshot()
    {
        var client = _messages?.Extensions.Client is { Length: > 0 } name ? name : _id.ToString();
        var connected = _seeder.Time.GetElapsedTime(_started);
        return new PeerUpload(_remote, client, _sender?.Uploaded ?? 0, (long)_bytesPerSecond, _messages?.Pieces ?? 0, connected);
    }

    private bool IsOver(long since, TimeSpan limit) => _seeder.Time.GetElapsedTime(since, _seeder.Now) >= limit;

    private void Prepare()
    {
        _socket.NoDelay = true;
        // Little unsent data in the kernel: cancels and the order of pieces stay in our hands.
        _socket.SetRawSocketOption((int)ProtocolType.Tcp, TcpNotSentLowWater, BitConverter.GetBytes(NotSentLimit));
    }

    /// <summary>The reason for closing, or null when both sides know each other.</summary>
    private async Task<string?> HandshakeAsync(InfoHash? dialled)
    {
        if (dialled is { } wanted && !await GreetAsync(wanted))
            return "the torrent cannot be served";
        if (!await ReceiveHandshakeAsync(Handshake.LengthWithHash))
            return "no BitTorrent handshake";
        var hash = Handshake.HashIn(_buffer.Received);
        if (dialled is not null && hash != dialled)
            return "the peer answers for another torrent";
        if (dialled is null && !await GreetAsync(hash))
            return "the torrent is not shared";
        if (!await ReceiveHandshakeAsync(Handshake.Length))
            return "no peer id";
        _id = Handshake.IdIn(_buffer.Received);
        if (_id == _seeder.Settings.PeerId)
            return "a link to ourselves";
        var features = Handshake.FeaturesIn(_buffer.Received);
        _buffer.Drop(Handshake.Length);
        _sender = new PeerSender(_seeder, _socket, Torrent!);
        _messages = new PeerMessages(Torrent!, _sender, features);
        LogOpened(_remote, _id, Torrent!.Torrent.Name);
        QueueGreeting(features);
        return null;
    }

    /// <summary>Joins the torrent and sends the own handshake; false when it cannot be served.</summary>
    private async Task<bool> GreetAsync(InfoHash hash)
    {
        Torrent = _seeder.Join(hash, this);
        if (Torrent is null)
            return false;
        var handshake = new byte[Handshake.Length];
        Handshake.Write(handshake, hash, _seeder.Settings.PeerId);
        await _socket.SendAsync(handshake, SocketFlags.None);
        return true;
    }

    private async Task<bool> ReceiveHandshakeAsync(int length)
    {
        while (_buffer.Received.Length < length)
        {
            if (!await ReceiveAsync() || !Handshake.CanBe(_buffer.Received))
                return false;
        }
        return true;
    }

    /// <summary>What the seeder has, before anything else (BEP 3, 6), then what it can do (BEP 10).</summary>
    private void QueueGreeting(PeerFeatures features)
    {
        var message = new byte[MessageFrame.PrefixLength + 1 + Torrent!.Layout.BitfieldLength];
        var length = (features & PeerFeatures.Fast) != 0
            ? MessageWriter.Plain(message, MessageId.HaveAll)
            : MessageWriter.FullBitfield(message, Torrent.Layout);
        _sender!.TryQueueControl(message.AsSpan(0, length));
        if ((features & PeerFeatures.Extended) == 0)
            return;
        var settings = _seeder.Settings;
        var queue = _id.StartsWith("-TR"u8) ? settings.TransmissionRequestQueue : settings.RequestQueue;
        var payload = ExtensionHandshake.Build(Torrent.Metadata()?.Length, _seeder.Port, queue);
        var extended = new byte[MessageFrame.PrefixLength + 2 + payload.Length];
        payload.CopyTo(extended, MessageWriter.ExtendedHead(extended, ExtensionHandshake.Id, payload.Length));
        _sender.TryQueueControl(extended);
    }

    /// <summary>Both loops; the reason why the first of them ended.</summary>
    private async Task<string> ServeAsync()
    {
        var sending = SendAsync();
        try
        {
            return await ReceiveMessagesAsync();
        }
        finally
        {
            Close("the peer closed the link");
            await sending;
        }
    }

    private async Task SendAsync()
    {
        try
        {
            Close(await _sender!.RunAsync(_closing.Token));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException or IOException)
        {
            Close(e.Message);
        }
        catch (Exception e)
        {
            LogFailed(_remote, e);
            Close("an error of the agent");
        }
    }

    private async Task<string> ReceiveMessagesAsync()
    {
        while (true)
        {
            if (HandleReceived() is { } problem)
            {
                Close(problem);
                return problem;
            }
            _sender!.Wake();
            if (!await ReceiveAsync())
                return "the peer closed the link";
        }
    }

    /// <summary>Acts on all messages that have come in full; the reason for closing, or null.</summary>
    private string? HandleReceived()
    {
        while (MessageFrame.TryReadLength(_buffer.Received, out var length))
        {
            if (length > _messages!.MaxLength)
                return $"a message of {length} bytes";
            var end = MessageFrame.PrefixLength + (int)length;
            if (_buffer.Received.Length < end)
            {
                _buffer.Reserve(end);
                return null;
            }
            if (length > 0 && _messages.Handle(_buffer.Received[MessageFrame.PrefixLength..end]) is { } problem)
                return problem;
            _buffer.Drop(end);
        }
        return null;
    }

    private async ValueTask<bool> ReceiveAsync()
    {
        var received = await _socket.ReceiveAsync(_buffer.Room(), SocketFlags.None);
        _buffer.Add(received);
        Volatile.Write(ref _received, _seeder.Now);
        return received > 0;
    }

    [LoggerMessage(3130, LogLevel.Debug, "Link to {Remote} ({Peer}) for {Name}")]
    private partial void LogOpened(IPEndPoint remote, PeerId peer, string name);

    [LoggerMessage(3131, LogLevel.Debug, "Link to {Remote} ({Peer}) closed: {Reason}")]
    private partial void LogClosed(IPEndPoint remote, PeerId peer, string reason);

    [LoggerMessage(3132, LogLevel.Error, "The link to {Remote} failed")]
    private partial void LogFailed(IPEndPoint remote, Exception exception);
}
