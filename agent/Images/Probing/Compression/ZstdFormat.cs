using System.Runtime.InteropServices;

namespace Agent.Images.Probing.Compression;

/// <summary>Zstandard (RFC 8878), unpacked by libzstd.</summary>
internal sealed partial class ZstdFormat : CompressedFormat
{
    private const int WindowLogMaxParameter = 100;

    /// <summary>128 MiB, what <c>zstd -d</c> accepts unasked. It is address space: only the pages that are written become memory.</summary>
    private const int WindowLogMax = 27;

    public override string Name => "zstd";

    /// <summary>A block holds at most 128 KiB; two of them give more than enough output.</summary>
    public override int InputLimit => 512 * 1024;

    protected override bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]);

    public override unsafe int Decompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var context = CreateContext();
        if (context == 0)
            return 0;
        try
        {
            _ = SetParameter(context, WindowLogMaxParameter, WindowLogMax);
            fixed (byte* source = input, target = output)
                return Run(context, new Buffer(source, input.Length), new Buffer(target, output.Length));
        }
        finally
        {
            _ = FreeContext(context);
        }
    }

    private static int Run(nint context, Buffer source, Buffer target)
    {
        while (target.Position < target.Size)
        {
            var before = (source.Position, target.Position);
            var result = DecompressStream(context, ref target, ref source);
            if (IsError(result) != 0 || (source.Position, target.Position) == before)
                break;
        }
        return (int)target.Position;
    }

    [LibraryImport("libzstd", EntryPoint = "ZSTD_createDCtx")]
    private static partial nint CreateContext();

    [LibraryImport("libzstd", EntryPoint = "ZSTD_freeDCtx")]
    private static partial nuint FreeContext(nint context);

    [LibraryImport("libzstd", EntryPoint = "ZSTD_DCtx_setParameter")]
    private static partial nuint SetParameter(nint context, int parameter, int value);

    [LibraryImport("libzstd", EntryPoint = "ZSTD_decompressStream")]
    private static partial nuint DecompressStream(nint context, ref Buffer target, ref Buffer source);

    [LibraryImport("libzstd", EntryPoint = "ZSTD_isError")]
    private static partial uint IsError(nuint result);

    /// <summary><c>ZSTD_inBuffer</c> and <c>ZSTD_outBuffer</c>, which are laid out alike.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Buffer(byte* start, int size)
    {
        public byte* Start = start;
        public nuint Size = (nuint)size;
        public nuint Position;
    }
}
