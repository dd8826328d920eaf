using System.Buffers;
using Agent.Common;

namespace Agent.BitTorrent.Downloading;

/// <summary>
/// A range of a file that comes packed, as one zstd frame, from a web server that is another agent. Each side says in a header that it can: a content
/// coding of HTTP would be applied before the range is cut (RFC 9110, section 14.1.2), and so save nothing.
/// </summary>
internal sealed class PackedRange : IDisposable
{
    /// <summary>In a request: ranges may come packed. In an answer: this one does, and <c>Content-Range</c> says which bytes are in it.</summary>
    public const string Header = "Ogrepo-Packing";

    /// <summary>Value of the header.</summary>
    public const string Zstd = "zstd";

    /// <summary>Longest range that is packed: one piece of OpenGnsys.</summary>
    public const int Longest = 4 * 1024 * 1024;

    private readonly byte[] _bytes;
    private readonly int _length;

    private PackedRange(byte[] bytes, int length) => (_bytes, _length) = (bytes, length);

    /// <summary>The bytes of the range.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>True for an answer with a packed range.</summary>
    public static bool IsIn(HttpResponseMessage response) => response.Headers.TryGetValues(Header, out var values) && values.Contains(Zstd);

    /// <summary>Unpacks a frame.</summary>
    /// <param name="frameLength">Bytes of the frame.</param>
    /// <param name="length">Bytes of the range.</param>
    /// <param name="read">Reads the frame.</param>
    /// <returns>Null where it holds something else.</returns>
    public static async Task<PackedRange?> ReadAsync(int frameLength, int length, Func<Memory<byte>, Task> read)
    {
        var frame = ArrayPool<byte>.Shared.Rent(frameLength);
        try
        {
            await read(frame.AsMemory(0, frameLength));
            var bytes = ArrayPool<byte>.Shared.Rent(length);
            var range = new PackedRange(bytes, length);
            if (ZstdFrame.TryUnpack(frame.AsSpan(0, frameLength), bytes.AsSpan(0, length)))
                return range;
            range.Dispose();
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);
}
