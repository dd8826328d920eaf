namespace Agent.Indexing.Hashing.Lanes;

/// <summary>A file on its way through a lane. Only the thread that fills the lanes changes it; the hashers write the digests.</summary>
internal sealed class LaneFile(SteadyFile file, IProgress<long>? bytesRead, CancellationToken cancellation) : IDisposable
{
    private readonly TailDigester _tail = new(file.Length); // too short to need a lane
    private readonly TaskCompletionSource<FileDigests> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _read;
    private long _hashed;
    private int _slicesOut;
    private Exception? _failure;

    public long Length => file.Length;

    public byte[] Md5 { get; } = new byte[LaneAlgorithm.Md5.DigestLength];

    public byte[] Sha256 { get; } = new byte[LaneAlgorithm.Sha256.DigestLength];

    public byte[] PieceHashes { get; } = new byte[FileDigests.PieceCount(file.Length) * FileDigests.PieceHashLength];

    public Task<FileDigests> Completion => _completion.Task;

    /// <summary>Nothing more is to be read: at the end, or because it failed.</summary>
    public bool IsRead => _read == Length || _failure is not null;

    /// <summary>Reads the next bytes; an empty slice if that fails, which <see cref="Completion"/> then tells.</summary>
    public LaneSlice ReadNext(Span<byte> buffer)
    {
        try
        {
            cancellation.ThrowIfCancellationRequested();
            var slice = new LaneSlice(this, _read, (int)Math.Min(buffer.Length, Length - _read));
            file.Read(buffer[..slice.Length], _read);
            _tail.Append(buffer[..slice.Length]);
            _read += slice.Length;
            _slicesOut++;
            return slice;
        }
        catch (Exception ex) when (ex is IOException or OperationCanceledException)
        {
            Fail(ex);
            return default;
        }
    }

    /// <summary>To be called when all hashers are through with a slice.</summary>
    public void SliceIsHashed(in LaneSlice slice)
    {
        _slicesOut--;
        _hashed += slice.Length;
        if (_failure is null && slice.EndsPiece)
            Report();
        CompleteAtEnd();
    }

    public void Fail(Exception exception)
    {
        _failure ??= exception;
        CompleteAtEnd();
    }

    private void Report()
    {
        try
        {
            bytesRead?.Report(_hashed);
        }
        catch (Exception ex)
        {
            _failure = ex; // one caller's mistake is not the other files'
        }
    }

    private void CompleteAtEnd()
    {
        if (_slicesOut > 0 || !IsRead)
            return;
        try
        {
            if (_failure is not null)
                _completion.TrySetException(_failure);
            else
                _completion.TrySetResult(Finish());
        }
        catch (IOException ex)
        {
            _completion.TrySetException(ex);
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>The hashers have ended: nothing comes any more.</summary>
    public void Abandon(Exception exception)
    {
        _completion.TrySetException(exception);
        Dispose();
    }

    private FileDigests Finish()
    {
        file.ThrowIfChanged();
        return new FileDigests(file.Stamp, _tail.Finish(), Md5, Sha256, PieceHashes);
    }

    public void Dispose()
    {
        file.Dispose();
        _tail.Dispose();
    }
}
