using System.Buffers;
using Agent.Images.Probing.Compression;
using Agent.Images.Probing.Headers;
using Microsoft.Win32.SafeHandles;

namespace Agent.Images.Probing;

/// <summary>
/// Reads from an image itself what its <c>.info</c> would have said. Only the first blocks are read and unpacked: at most
/// <see cref="StreamLength"/> bytes of output, and as much input as one block of the compressed format can need.
/// </summary>
public static class HeaderProbe
{
    /// <summary>Unpacked bytes that are looked at: the btrfs superblock, the farthest of all, ends at 68 KiB.</summary>
    internal const int StreamLength = 72 * 1024;

    /// <summary>Enough input for nearly every image, so that looking at ten thousand of them stays cheap.</summary>
    private const int FirstRead = 128 * 1024;

    /// <summary>
    /// The facts of an image file; unknown fields are empty. Damaged and hostile content gives fewer facts, never an error.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static HeaderFacts Probe(SafeFileHandle file)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstRead);
        try
        {
            var start = buffer.AsSpan(0, Fill(file, buffer.AsSpan(0, FirstRead)));
            return CompressedFormat.Of(start) is { } format
                ? Unpacked(file, start, format)
                : StreamHeader.OfPlain(start[..Math.Min(start.Length, StreamLength)]);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static HeaderFacts Unpacked(SafeFileHandle file, ReadOnlySpan<byte> start, CompressedFormat format)
    {
        var stream = ArrayPool<byte>.Shared.Rent(StreamLength);
        try
        {
            var length = format.Decompress(start, stream.AsSpan(0, StreamLength));
            // A short result may only mean that a block goes on behind what was read.
            if (length < StreamLength && start.Length == FirstRead && format.InputLimit > FirstRead)
                length = Retry(file, format, stream.AsSpan(0, StreamLength));
            return StreamHeader.OfUnpacked(stream.AsSpan(0, length)) with { Compressor = format.Name };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(stream);
        }
    }

    private static int Retry(SafeFileHandle file, CompressedFormat format, Span<byte> stream)
    {
        var input = ArrayPool<byte>.Shared.Rent(format.InputLimit);
        try
        {
            return format.Decompress(input.AsSpan(0, Fill(file, input.AsSpan(0, format.InputLimit))), stream);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(input);
        }
    }

    private static int Fill(SafeFileHandle file, Span<byte> buffer)
    {
        var filled = 0;
        while (filled < buffer.Length && RandomAccess.Read(file, buffer[filled..], filled) is > 0 and var read)
            filled += read;
        return filled;
    }
}
