using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Agent.Common;
using Microsoft.Win32.SafeHandles;

namespace Agent.Indexing.Hashing;

/// <summary>
/// A file opened for one sequential read that can tell whether it stayed the same: looked at before, looked at after, and the path still
/// leads to the file that was opened.
/// </summary>
internal sealed class SteadyFile : IDisposable
{
    /// <summary>
    /// Twice the coarsest clock tick of Linux (HZ=100). A write in the tick in which the file was looked at would not move its
    /// time, so a file younger than this is not yet read.
    /// </summary>
    private static readonly TimeSpan TimestampGrain = TimeSpan.FromMilliseconds(20);

    /// <summary>Bytes of the tail that are read at once: few enough for the heap of small objects.</summary>
    private const int TailBlock = 64 << 10;

    private readonly SafeFileHandle _handle;
    private readonly FileStatus _before;

    private SteadyFile(string path, SafeFileHandle handle, FileStatus before)
    {
        Path = path;
        _handle = handle;
        _before = before;
    }

    public string Path { get; }

    public FileStamp Stamp => _before.Stamp;

    public long Length => _before.Stamp.Length;

    /// <summary>Device the file lies on.</summary>
    public ulong Device => _before.Device;

    /// <exception cref="IOException">No such file, not a plain file, no permission.</exception>
    public static async Task<SteadyFile> OpenAsync(string path, TimeProvider time, CancellationToken cancellation)
    {
        while (true)
        {
            var file = OpenNow(path);
            var age = time.GetUtcNow() - file.Stamp.Modified;
            if (age < TimeSpan.Zero || age >= TimestampGrain)
                return file;
            file.Dispose();
            await Task.Delay(TimestampGrain - age, time, cancellation);
        }
    }

    /// <summary>Opens a file that may just have been written to: whether that goes on will not be told.</summary>
    /// <exception cref="IOException">No such file, not a plain file, no permission.</exception>
    public static SteadyFile OpenNow(string path)
    {
        var handle = OpenHandle(path);
        try
        {
            var status = FileStatus.Of(handle);
            return status.IsRegular ? new SteadyFile(path, handle, status) : throw new IOException($"'{path}' cannot be read: not a plain file");
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static SafeFileHandle OpenHandle(string path)
    {
        if (LibC.OpenUnlocked(path) is not { } handle)
        {
            var (error, message) = (Marshal.GetLastPInvokeError(), $"'{path}' cannot be read: {Marshal.GetLastPInvokeErrorMessage()}");
            throw error == Errno.NoEntry ? new FileNotFoundException(message, path) : new IOException(message);
        }
        // Read ahead further than usual. Nothing is dropped from the page cache afterwards: a new image is what clients ask for
        // next, and pages that were read only once are the first that the kernel gives up.
        _ = LibC.Advise(handle, 0, 0, LibC.Sequential);
        return handle;
    }

    /// <summary>Fills <paramref name="block"/> from <paramref name="offset"/> on; the caller asks for nothing past <see cref="Length"/>.</summary>
    /// <exception cref="FileChangedException">The file ends before.</exception>
    /// <exception cref="IOException">The device cannot be read.</exception>
    public void Read(Span<byte> block, long offset)
    {
        while (!block.IsEmpty)
        {
            var read = ReadSome(block, offset);
            if (read == 0)
                throw new FileChangedException(Path, $"was cut to {offset} of {Length} bytes");
            block = block[read..];
            offset += read;
        }
    }

    /// <summary>The MD5 of the last <see cref="FileDigests.TailLength"/> bytes, which are read for it.</summary>
    /// <exception cref="FileChangedException">The file ends before.</exception>
    /// <exception cref="IOException">The device cannot be read.</exception>
    public byte[] TailMd5()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var buffer = new byte[TailBlock];
        for (var offset = Math.Max(0, Length - FileDigests.TailLength); offset < Length;)
        {
            var block = buffer.AsSpan(0, (int)Math.Min(buffer.Length, Length - offset));
            Read(block, offset);
            hash.AppendData(block);
            offset += block.Length;
        }
        return hash.GetHashAndReset();
    }

    /// <summary>Lets the kernel fetch what is read soon; a hint that may be ignored.</summary>
    public void WillNeed(long offset, long length) => _ = LibC.Advise(_handle, offset, length, LibC.WillNeed);

    private int ReadSome(Span<byte> block, long offset)
    {
        try
        {
            return RandomAccess.Read(_handle, block, offset);
        }
        catch (IOException ex)
        {
            throw new IOException($"'{Path}' cannot be read at byte {offset}: {ex.Message}", ex);
        }
    }

    /// <summary>To be called after the last read.</summary>
    /// <exception cref="FileChangedException">The content was written to, cut, or the path leads elsewhere now.</exception>
    public void ThrowIfChanged()
    {
        var now = FileStatus.Of(_handle).Stamp;
        if (now.Length != Length)
            throw new FileChangedException(Path, $"went from {Length} to {now.Length} bytes");
        if (now != Stamp)
            throw new FileChangedException(Path, "was written to");
        if (FileStatus.Of(Path) is not { } there)
            throw new FileChangedException(Path, "was removed");
        if (there.Stamp != Stamp || there.Device != _before.Device)
            throw new FileChangedException(Path, "was replaced");
    }

    public void Dispose() => _handle.Dispose();
}
