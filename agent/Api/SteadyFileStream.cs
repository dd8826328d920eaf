using Agent.Common;
using Microsoft.Win32.SafeHandles;

namespace Agent.Api;

/// <summary>
/// Reads a file as long as it is the one that was promised. When it is written to or cut meanwhile, reading fails, so that the answer is
/// broken off and a client never takes a mixture of two contents for an image.
/// </summary>
public sealed class SteadyFileStream : Stream
{
    private readonly SafeFileHandle _file;
    private readonly FileStamp _stamp;

    private SteadyFileStream(SafeFileHandle file, FileStamp stamp) => (_file, _stamp) = (file, stamp);

    /// <summary>Opens the file; null if it is not there, or no longer with this stamp.</summary>
    public static SteadyFileStream? TryOpen(string path, FileStamp stamp)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (FileStamp.Of(file) == stamp)
                return new SteadyFileStream(file, stamp);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone or closed to us since the catalogue saw it.
        }
        file?.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => _stamp.Length;

    /// <inheritdoc/>
    public override long Position { get; set; }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var count = RandomAccess.Read(_file, buffer, Position);
        // Looked at after the read: what was read before a change is what was promised.
        if (FileStamp.Of(_file) != _stamp)
            throw new IOException("The file changed while it was sent.");
        Position += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Leaves the caller's thread: a cold disk may take long.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        cancellationToken.ThrowIfCancellationRequested();
        return Read(buffer.Span);
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _file.Dispose();
        base.Dispose(disposing);
    }
}
