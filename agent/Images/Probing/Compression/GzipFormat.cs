using System.IO.Compression;

namespace Agent.Images.Probing.Compression;

/// <summary>gzip (RFC 1952), unpacked by the runtime's own zlib; its window never exceeds 32 KiB.</summary>
internal sealed class GzipFormat : CompressedFormat
{
    /// <summary>A damaged block loses the bytes of the read it is noticed in, so reads are kept small.</summary>
    private const int ReadLength = 4096;

    public override string Name => "gzip";

    public override int InputLimit => 512 * 1024;

    protected override bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b, 0x08]);

    public override unsafe int Decompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        fixed (byte* start = input)
        {
            using var source = new UnmanagedMemoryStream(start, input.Length);
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            return ReadAll(gzip, output);
        }
    }

    private static int ReadAll(GZipStream gzip, Span<byte> output)
    {
        var written = 0;
        try
        {
            while (written < output.Length
                && gzip.Read(output.Slice(written, Math.Min(ReadLength, output.Length - written))) is > 0 and var read)
                written += read;
        }
        catch (InvalidDataException)
        {
            // Damaged: what came before it is still worth a look.
        }
        return written;
    }
}
