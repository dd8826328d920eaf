using System.Buffers;
using System.Net.Sockets;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Wire;

namespace Agent.BitTorrent.Downloading;

/// <summary>What goes out on a link of a download: messages first, then blocks that the peer asked for. Everyone may queue; one loop sends.</summary>
internal sealed class LeechSender(DownloadSwarm swarm, Socket socket)
{
    /// <summary>Bytes of messages that may wait.</summary>
    private const int MaxControl = 128 * 1024;

    private const int MaxQueuedBlocks = 2000;

    private readonly Lock _lock = new();
    private readonly WakeSignal _wake = new();
    private readonly RequestQueue _asked = new(MaxQueuedBlocks);
    private readonly ControlQueue _control = new(MaxControl);
    private long _sent = swarm.Time.GetTimestamp();
    private long _sending;

    /// <summary>Timestamp of the last send that was completed.</summary>
    public long LastSent => Volatile.Read(ref _sent);

    /// <summary>Timestamp of the beginning of the send under way; 0 for none.</summary>
    public long SendingSince => Volatile.Read(ref _sending);

    /// <summary>Queues a message; false when the peer reads too little of what it causes.</summary>
    public bool TryQueue(ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            if (!_control.TryAdd(message))
                return false;
        }
        _wake.Set();
        return true;
    }

    /// <summary>Queues a block for the peer; false when it has too many of them waiting.</summary>
    public bool TryQueueBlock(in BlockRequest block)
    {
        lock (_lock)
            return _asked.TryAdd(block);
    }

    /// <summary>Takes back a block that the peer asked for; false when it is on its way or was not asked for.</summary>
    public bool TryCancelBlock(in BlockRequest block)
    {
        lock (_lock)
            return _asked.TryCancel(block);
    }

    /// <summary>Has the loop look at what there is to do.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Sends until the link is closed.</summary>
    /// <param name="fill">Queues requests, where there is room for some.</param>
    /// <param name="closing">The end.</param>
    public async Task RunAsync(Action fill, CancellationToken closing)
    {
        while (!closing.IsCancellationRequested)
        {
            await _wake.WaitAsync();
            fill();
            while (!closing.IsCancellationRequested && (await SendControlAsync(closing) || await SendBlockAsync(closing)))
                fill();
        }
    }

    private async ValueTask<bool> SendControlAsync(CancellationToken closing)
    {
        ReadOnlyMemory<byte> messages;
        lock (_lock)
            messages = _control.Take();
        if (messages.IsEmpty)
            return false;
        await SendAsync(messages, closing);
        return true;
    }

    private async ValueTask<bool> SendBlockAsync(CancellationToken closing)
    {
        if (NextBlock() is not { } block)
            return false;
        var buffer = ArrayPool<byte>.Shared.Rent(MessageWriter.PieceHeaderLength + block.Length);
        try
        {
            MessageWriter.PieceHeader(buffer, block);
            swarm.Store.Read(block, buffer.AsSpan(MessageWriter.PieceHeaderLength));
            if (swarm.UploadLimit.Reserve(block.Length) is var wait && wait > TimeSpan.Zero)
                await Task.Delay(wait, swarm.Time, closing);
            await SendAsync(buffer.AsMemory(0, MessageWriter.PieceHeaderLength + block.Length), closing);
            swarm.CountUploaded(block.Length);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private BlockRequest? NextBlock()
    {
        var block = new BlockRequest[1];
        lock (_lock)
            return _asked.Take(block, PieceLayout.BlockLength) == 1 ? block[0] : null;
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken closing)
    {
        Volatile.Write(ref _sending, swarm.Time.GetTimestamp());
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, closing)..];
        Volatile.Write(ref _sent, swarm.Time.GetTimestamp());
        Volatile.Write(ref _sending, 0);
    }
}
