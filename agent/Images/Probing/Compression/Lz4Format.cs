using System.Runtime.InteropServices;

namespace Agent.Images.Probing.Compression;

/// <summary>The LZ4 frame format, unpacked by liblz4, which holds at most two blocks of 4 MiB.</summary>
internal sealed partial class Lz4Format : CompressedFormat
{
    private const uint Version = 100;

    public override string Name => "lz4";

    /// <summary>The library wants a block whole, and an incompressible one takes 4 MiB and a little.</summary>
    public override int InputLimit => 4 * 1024 * 1024 + 64 * 1024;

    protected override bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith((ReadOnlySpan<byte>)[0x04, 0x22, 0x4d, 0x18]);

    public override unsafe int Decompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (IsError(CreateContext(out var context, Version)) != 0)
            return 0;
        try
        {
            fixed (byte* source = input, target = output)
                return Run(context, source, input.Length, target, output.Length);
        }
        finally
        {
            _ = FreeContext(context);
        }
    }

    private static unsafe int Run(nint context, byte* source, int sourceLength, byte* target, int targetLength)
    {
        var (read, written) = (0, 0);
        while (written < targetLength)
        {
            var taken = (nuint)(sourceLength - read);
            var given = (nuint)(targetLength - written);
            var result = DecompressFrame(context, target + written, ref given, source + read, ref taken, 0);
            if (IsError(result) != 0 || (taken == 0 && given == 0))
                break;
            read += (int)taken;
            written += (int)given;
        }
        return written;
    }

    [LibraryImport("liblz4", EntryPoint = "LZ4F_createDecompressionContext")]
    private static partial nuint CreateContext(out nint context, uint version);

    [LibraryImport("liblz4", EntryPoint = "LZ4F_freeDecompressionContext")]
    private static partial nuint FreeContext(nint context);

    [LibraryImport("liblz4", EntryPoint = "LZ4F_decompress")]
    private static unsafe partial nuint DecompressFrame(
        nint context, byte* target, ref nuint targetLength, byte* source, ref nuint sourceLength, nint options);

    [LibraryImport("liblz4", EntryPoint = "LZ4F_isError")]
    private static partial uint IsError(nuint result);
}
