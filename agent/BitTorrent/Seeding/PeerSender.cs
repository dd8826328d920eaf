using System.Net.Sockets;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Wire;

namespace Agent.BitTorrent.Seeding;

/// <summary>
/// What goes out on a link: control messages first, then parts of the metadata, then blocks. Everyone may queue; one loop sends. Memory
/// for blocks is held only while they are being sent.
/// </summary>
internal sealed class PeerSender(Seeder seeder, Socket socket, ActiveTorrent torrent)
{
    /// <summary>Bytes of messages that may wait.</summary>
    private const int MaxControl = 64 * 1024;

    /// <summary>Runs of requests from which the piece to be served is chosen; the known clients keep fewer.</summary>
    private const int MostChosenFrom = 64;

    /// <summary>Blocks of a batch where a rate is limited: small steps, so that all get their turn.</summary>
    private const int LimitedBlocks = 4;

    /// <summary>One batch in so many is of what was asked for first, however many copies of it there are.</summary>
    private const int BatchesToFirst = 4;

    private readonly Lock _lock = new();
    private readonly WakeSignal _wake = new();
    private readonly RequestQueue _requests = new(seeder.Settings.MaxQueuedBlocks);
    private readonly Queue<int> _metadata = new();
    private readonly RateLimit _peerLimit = new(seeder.Settings.Limits.PerPeer, seeder.Time);
    private readonly ControlQueue _control = new(MaxControl);
    private int _batches;
    private long _uploaded;
    private long _sent = seeder.Now;
    private long _sending;

    /// <summary>Bytes of data sent.</summary>
    public long Uploaded => Interlocked.Read(ref _uploaded);

    /// <summary>Timestamp of the last send that was completed.</summary>
    public long LastSent => Volatile.Read(ref _sent);

    /// <summary>Timestamp of the beginning of the send under way; 0 for none.</summary>
    public long SendingSince => Volatile.Read(ref _sending);

    /// <summary>True when nothing waits to be sent.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
                return _requests.Count == 0 && _control.IsEmpty && _metadata.Count == 0;
        }
    }

    /// <summary>Id of <c>ut_metadata</c> at the peer; set before parts are queued.</summary>
    public byte MetadataId { get; set; }

    /// <summary>Queues a message; false when the peer reads too little of what it causes.</summary>
    public bool TryQueueControl(ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            if (!_control.TryAdd(message))
                return false;
        }
        _wake.Set();
        return true;
    }

    /// <summary>Queues a block; false when the peer has too many of them waiting. Takes effect with <see cref="Wake"/>.</summary>
    public bool TryQueueBlock(in BlockRequest request)
    {
        lock (_lock)
            return _requests.TryAdd(request);
    }

    /// <summary>Takes back a block that does not wait in the system's buffers already.</summary>
    public bool TryCancel(in BlockRequest request)
    {
        lock (_lock)
            return _requests.TryCancel(request);
    }

    /// <summary>Queues a part of the metadata.</summary>
    public void QueueMetadata(int piece)
    {
        lock (_lock)
            _metadata.Enqueue(piece);
        _wake.Set();
    }

    /// <summary>Has the loop look at what was queued.</summary>
    public void Wake() => _wake.Set();

    /// <summary>The peer in the order of its torrent, which counts where a rate is limited.</summary>
    public ServedPeer Served { get; } = new();

    /// <summary>Sends until the link is closed.</summary>
    /// <returns>Why it ended.</returns>
    public async Task<string> RunAsync(CancellationToken closing)
    {
        try
        {
            return await SendAllAsync(closing);
        }
        finally
        {
            if (Served.Begun is not null)
                torrent.Turns.Leave(Served);
        }
    }

    private async Task<string> SendAllAsync(CancellationToken closing)
    {
        while (!closing.IsCancellationRequested)
        {
            await _wake.WaitAsync();
            while (!IsIdle && !closing.IsCancellationRequested)
            {
                await SendControlAsync();
                await SendMetadataAsync();
                if (await SendBlocksAsync(closing) is { } problem)
                    return problem;
            }
        }
        return "closed";
    }

    private bool HasBlocks
    {
        get
        {
            lock (_lock)
                return _requests.Count > 0;
        }
    }

    private async ValueTask SendControlAsync()
    {
        ReadOnlyMemory<byte> messages;
        lock (_lock)
            messages = _control.Take();
        if (!messages.IsEmpty)
            await SendAsync(messages);
    }

    private async ValueTask SendMetadataAsync()
    {
        while (NextMetadata() is { } piece)
        {
            if (torrent.Metadata() is not { } metadata)
                return;
            var message = new byte[MetadataMessage.LongestHead + MetadataMessage.PieceLength];
            var length = MetadataMessage.WriteData(message, MetadataId, piece, metadata.Span);
            await SendAsync(message.AsMemory(0, length));
        }
    }

    private int? NextMetadata()
    {
        lock (_lock)
            return _metadata.TryDequeue(out var piece) ? piece : null;
    }

    private async ValueTask<string?> SendBlocksAsync(CancellationToken closing)
    {
        if (!HasBlocks)
            return null;
        var batch = seeder.Batches.Rent();
        try
        {
            while (seeder.IsLimited ? await TakeTurnAsync(batch, closing) : TakeBatch(batch))
            {
                if (await FillAsync(batch, closing) is { } problem)
                    return problem;
                await SendAsync(batch.Messages);
                Interlocked.Add(ref _uploaded, batch.DataLength);
                torrent.AddUploaded(batch.DataLength);
            }
            return null;
        }
        finally
        {
            seeder.Batches.Return(batch);
        }
    }

    /// <summary>
    /// Takes the next blocks: of the piece that the fewest others have begun to get, so that peers can trade even where only the line limits the
    /// rate; now and then of what was asked for first, so that no request waits for ever.
    /// </summary>
    private bool TakeBatch(BlockBatch batch)
    {
        var isInOrder = ++_batches % BatchesToFirst == 0;
        var piece = isInOrder ? FirstPiece() : ChoosePiece();
        if (piece < 0)
            return false;
        torrent.Turns.Begin(Served, piece);
        return TakeOf(piece, batch, BlockBatch.MaxBlocks) > 0;
    }

    /// <summary>Takes a few blocks when it is this peer's turn; false when there is something else to send.</summary>
    private async ValueTask<bool> TakeTurnAsync(BlockBatch batch, CancellationToken closing)
    {
        if (_peerLimit.Reserve(0) is var wait && wait > TimeSpan.Zero)
            await Task.Delay(wait, seeder.Time, closing);
        var piece = ChoosePiece();
        if (piece < 0)
            return false;
        var bytes = 0;
        await torrent.Turns.WaitAsync(Served, piece, () => bytes = TakeOf(piece, batch, LimitedBlocks), closing);
        _ = _peerLimit.Reserve(bytes);
        Served.Sent += bytes;
        return bytes > 0;
    }

    private int ChoosePiece()
    {
        Span<int> wanted = stackalloc int[MostChosenFrom];
        wanted = wanted[..WantedPieces(wanted)];
        return wanted.Length < 2 ? First(wanted) : torrent.Turns.Choose(Served, wanted);
    }

    private int FirstPiece()
    {
        Span<int> first = stackalloc int[1];
        return First(first[..WantedPieces(first)]);
    }

    private static int First(ReadOnlySpan<int> pieces) => pieces.IsEmpty ? -1 : pieces[0];

    /// <summary>Pieces of the first requests; none while other messages wait, which must not wait behind thousands of blocks.</summary>
    private int WantedPieces(Span<int> pieces)
    {
        lock (_lock)
            return _control.IsEmpty && _metadata.Count == 0 ? _requests.Pieces(pieces) : 0;
    }

    private int TakeOf(int piece, BlockBatch batch, int most)
    {
        lock (_lock)
        {
            batch.Prepare(_requests.TakeOf(piece, batch.Blocks[..most], most * PieceLayout.BlockLength));
            return batch.DataLength;
        }
    }

    /// <summary>Reads the blocks, if the file still is what it was before and after.</summary>
    private async ValueTask<string?> FillAsync(BlockBatch batch, CancellationToken closing)
    {
        if (torrent.File(out _) is not { } file)
            return "the file was closed";
        var read = ReadWithoutWaiting(batch, file);
        if (read is BatchRead.NeedsDisk or BatchRead.CannotTell)
            read = await seeder.ColdReads.ReadAsync(batch, file, torrent.Layout, closing);
        if (read == BatchRead.Done)
            return null;
        if (!file.IsUnchanged)
            seeder.StopChanged(torrent);
        return "the file cannot be read as it was hashed";
    }

    private BatchRead ReadWithoutWaiting(BlockBatch batch, TorrentFile file)
    {
        if (!file.IsUnchanged)
            return BatchRead.Failed;
        if (file.RefusesNoWait)
            return BatchRead.CannotTell;
        var read = batch.ReadCached(file.Handle, torrent.Layout);
        file.RefusesNoWait |= read == BatchRead.CannotTell;
        return read;
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        Volatile.Write(ref _sending, seeder.Now);
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
        Volatile.Write(ref _sent, seeder.Now);
        Volatile.Write(ref _sending, 0);
    }
}
