using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Wire;

namespace Agent.BitTorrent.Downloading;

/// <summary>A link of a download to one peer, from its socket to its end: handshake, then a loop that receives and a loop that sends.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer, and disposing of it would race with Close.")]
internal sealed partial class LeechLink(DownloadSwarm swarm, Socket socket, IPEndPoint remote, bool isDialled, ILogger logger)
    : PieceSource(swarm.Layout.PieceCount)
{
    private const int ReceiveLength = 128 * 1024;
    private const int ServedRequestQueue = 250;

    private readonly CancellationTokenSource _closing = new();
    private readonly ReceiveBuffer _buffer = new(ReceiveLength);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LeechMessages? _messages;
    private long _received = swarm.Time.GetTimestamp();
    private volatile string? _banned;
    private int _isClosed;

    /// <inheritdoc/>
    public override string Name => (ListensAt ?? remote).ToString();

    /// <inheritdoc/>
    public override string? Banned => _banned;

    /// <summary>Who the peer says it is; known when the link is open.</summary>
    public PeerId PeerId { get; private set; }

    /// <summary>The peer's end of the connection.</summary>
    public IPEndPoint Remote => remote;

    /// <summary>True when this side opened the link.</summary>
    public bool IsDialled => isDialled;

    /// <summary>Where the peer listens; null when it is not known.</summary>
    public IPEndPoint? ListensAt => isDialled ? remote
        : _messages?.Extensions.Port is > 0 and var port ? new IPEndPoint(remote.Address, port) : null;

    /// <summary>Done when both sides know each other.</summary>
    public Task Opened => _opened.Task;

    /// <summary>What is sent; null before the handshake.</summary>
    public LeechSender? Sender { get; private set; }

    /// <summary>What the link is about; null before the handshake.</summary>
    public LeechMessages? Messages => Volatile.Read(ref _messages);

    /// <summary>Exchanges pieces until one of both closes; never throws.</summary>
    public async Task RunAsync()
    {
        try
        {
            await OpenAsync();
            await ExchangeAsync();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException or IOException or PeerException)
        {
            Close(e.Message);
        }
        catch (Exception e)
        {
            LogFailed(remote, e);
            Close("an error of the agent");
        }
        finally
        {
            swarm.Leave(this);
        }
    }

    /// <summary>Closes the link; the first reason counts.</summary>
    public void Close(string reason)
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
            return;
        LogClosed(remote, reason);
        _closing.Cancel();
        Sender?.Wake();
        socket.Dispose();
    }

    /// <inheritdoc/>
    public override void Cancel(in BlockRequest block) => _messages?.Cancel(block);

    /// <summary>
    /// Tells the peer of a new piece. One it has already would make ctorrent close the link, but a companion is told: it has to know how far this one is.
    /// </summary>
    public void Announce(int piece)
    {
        if (Sender is null || (Messages is not { Extensions.IsCompanion: true } && swarm.Board.Has(this, piece)))
            return;
        Span<byte> message = stackalloc byte[MessageWriter.HaveLength];
        if (!Sender.TryQueue(message[..MessageWriter.Have(message, piece)]))
            Close("the peer does not read");
    }

    /// <summary>Once a second: deadlines, keep-alive, requests.</summary>
    public void Tick()
    {
        if (Messages is not { } messages || Sender is not { } sender)
            return;
        if (sender.SendingSince is var since and not 0 && IsOver(since, swarm.Settings.BlockTimeout))
            Close("the peer does not take what is sent");
        else if (messages.Tick(Fetched) is { } problem)
            Close(problem);
        else if (IsOver(Volatile.Read(ref _received), swarm.Settings.IdleTimeout))
            Close("silent for too long");
        else if (IsOver(sender.LastSent, swarm.Settings.KeepAlive))
            sender.TryQueue(stackalloc byte[MessageFrame.PrefixLength]);
        sender.Wake();
    }

    /// <inheritdoc/>
    public override void Ban(string reason)
    {
        _banned = reason;
        Close(reason);
    }

    private bool IsOver(long since, TimeSpan limit) => swarm.Time.GetElapsedTime(since) >= limit;

    private async Task OpenAsync()
    {
        using var late = new CancellationTokenSource(swarm.Settings.ConnectTimeout, swarm.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token, late.Token);
        socket.NoDelay = true;
        if (isDialled)
            await socket.ConnectAsync(remote, limit.Token);
        var (hash, own) = (swarm.Metainfo.InfoHash, swarm.Settings.PeerId);
        var peer = isDialled
            ? await HandshakeExchange.DialAsync(socket, _buffer, hash, own, limit.Token)
            : await HandshakeExchange.AnswerAsync(socket, _buffer, hash, own, limit.Token);
        PeerId = peer.Id;
        Sender = new LeechSender(swarm, socket);
        _messages = new LeechMessages(swarm, this, Sender, peer);
        LogOpened(remote, peer.Id);
        if (!swarm.Join(this, bitfield => Greet(peer.Features, bitfield)))
            throw new PeerException("there is a link to it, or the download ends");
        _opened.TrySetResult();
    }

    /// <summary>What is there, before anything else (BEP 3, 6), then what can be done (BEP 10).</summary>
    private void Greet(PeerFeatures features, PieceSet announced)
    {
        var message = new byte[MessageFrame.PrefixLength + 1 + swarm.Layout.BitfieldLength];
        if (announced.Count > 0)
        {
            var bits = new byte[swarm.Layout.BitfieldLength];
            announced.CopyTo(bits);
            Sender!.TryQueue(message.AsSpan(0, MessageWriter.Bitfield(message, bits)));
        }
        else if ((features & PeerFeatures.Fast) != 0)
            Sender!.TryQueue(message.AsSpan(0, MessageWriter.Plain(message, MessageId.HaveNone)));
        if ((features & PeerFeatures.Extended) == 0)
            return;
        var payload = ExtensionHandshake.BuildForDownload(swarm.Metainfo.Info.Length, !swarm.Metainfo.IsPrivate, swarm.Port, ServedRequestQueue, swarm.Settings.Companions is not null);
        var extended = new byte[MessageFrame.PrefixLength + 2 + payload.Length];
        payload.CopyTo(extended, MessageWriter.ExtendedHead(extended, ExtensionHandshake.Id, payload.Length));
        Sender!.TryQueue(extended);
    }

    private async Task ExchangeAsync()
    {
        var sending = SendAsync();
        try
        {
            Close(await ReceiveMessagesAsync());
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
            await Sender!.RunAsync(_messages!.Fill, _closing.Token);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException or IOException)
        {
            Close(e.Message);
        }
    }

    private async Task<string> ReceiveMessagesAsync()
    {
        while (true)
        {
            if (HandleReceived() is { } problem)
                return problem;
            Sender!.Wake();
            var received = await socket.ReceiveAsync(_buffer.Room(), SocketFlags.None, _closing.Token);
            if (received == 0)
                return "the peer closed the link";
            _buffer.Add(received);
            Volatile.Write(ref _received, swarm.Time.GetTimestamp());
            if (swarm.FetchLimit.Reserve(received) is var wait && wait > TimeSpan.Zero)
                await Task.Delay(wait, swarm.Time, _closing.Token);
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

    [LoggerMessage(3410, LogLevel.Debug, "Downloading from {Remote} ({Peer})")]
    private partial void LogOpened(IPEndPoint remote, PeerId peer);

    [LoggerMessage(3411, LogLevel.Debug, "Link to {Remote} closed: {Reason}")]
    private partial void LogClosed(IPEndPoint remote, string reason);

    [LoggerMessage(3412, LogLevel.Error, "The link to {Remote} failed")]
    private partial void LogFailed(IPEndPoint remote, Exception exception);
}
