namespace Agent.Indexing.Hashing.Lanes;

/// <summary>
/// A file on its way through a lane. One worker at a time reads it, while others may be hashing what was read before; whoever is the last to
/// let go of it completes <see cref="Hashed"/>.
/// </summary>
internal sealed class LaneFile(SteadyFile file, IProgress<long>? bytesRead, CancellationToken cancellation)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _hashed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _read;
    private long _bytesHashed;
    private int _users = 1; // the lane itself, and each slice that is being hashed
    private Exception? _failure;

    public long Length => file.Length;

    public byte[] Md5 { get; } = new byte[LaneAlgorithm.Md5.DigestLength];

    public byte[] Sha256 { get; } = new byte[LaneAlgorithm.Sha256.DigestLength];

    public byte[] PieceHashes { get; } = new byte[FileDigests.PieceCount(file.Length) * FileDigests.PieceHashLength];

    /// <summary>Ends when the digests above are there, or with what went wrong.</summary>
    public Task Hashed => _hashed.Task;

    /// <summary>Nothing more is to be read: at the end, or because it failed. For whoever reads.</summary>
    public bool IsRead { get; private set; }

    /// <summary>Reads the next bytes; an empty slice if that fails, which <see cref="Hashed"/> then tells.</summary>
    public LaneSlice ReadNext(Span<byte> buffer)
    {
        var slice = new LaneSlice(this, _read, (int)Math.Min(buffer.Length, Length - _read));
        try
        {
            cancellation.ThrowIfCancellationRequested();
            file.Read(buffer[..slice.Length], _read);
            _read += slice.Length;
            Interlocked.Increment(ref _users);
        }
        catch (Exception ex) when (ex is IOException or OperationCanceledException)
        {
            Fail(ex);
            slice = default;
        }
        IsRead = _read == Length || Volatile.Read(ref _failure) is not null;
        if (IsRead)
            LetGo();
        return slice;
    }

    /// <summary>To be called when all kernels are through with a slice.</summary>
    public void SliceIsHashed(in LaneSlice slice)
    {
        lock (_gate)
        {
            _bytesHashed += slice.Length;
            if (slice.EndsPiece && Volatile.Read(ref _failure) is null)
                Report();
        }
        LetGo();
    }

    private void Report()
    {
        try
        {
            bytesRead?.Report(_bytesHashed);
        }
        catch (Exception ex)
        {
            Fail(ex); // one caller's mistake is not the other files'
        }
    }

    private void Fail(Exception exception) => Interlocked.CompareExchange(ref _failure, exception, null);

    private void LetGo()
    {
        if (Interlocked.Decrement(ref _users) > 0)
            return;
        if (_failure is { } failure)
            _hashed.TrySetException(failure);
        else
            _hashed.TrySetResult();
    }

    /// <summary>The workers have ended: nothing comes any more.</summary>
    public void Abandon(Exception exception) => _hashed.TrySetException(exception);

    /// <summary>All digests, once <see cref="Hashed"/> has ended well.</summary>
    /// <exception cref="IOException">The file cannot be read, or was changed since it was opened (<see cref="FileChangedException"/>).</exception>
    public FileDigests Finish()
    {
        var tail = file.TailMd5(); // once more from the page cache: where all lanes are read, it would hold up the others
        file.ThrowIfChanged();
        return new FileDigests(file.Stamp, tail, Md5, Sha256, PieceHashes);
    }
}
