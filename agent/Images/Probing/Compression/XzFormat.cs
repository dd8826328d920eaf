using System.Runtime.InteropServices;

namespace Agent.Images.Probing.Compression;

/// <summary>The .xz format, unpacked by liblzma.</summary>
internal sealed partial class XzFormat : CompressedFormat
{
    private const int Ok = 0;
    private const uint Concatenated = 0x08;

    /// <summary>
    /// <c>xz -9</c> asks for 65 MiB; a dictionary beyond this limit is refused. It is address space: only the pages that are written become
    /// memory.
    /// </summary>
    private const ulong MemoryLimit = 128 * 1024 * 1024;

    public override string Name => "xz";

    /// <summary>An LZMA2 chunk takes at most 64 KiB of input, and it is unpacked while it comes in.</summary>
    public override int InputLimit => 256 * 1024;

    protected override bool Recognises(ReadOnlySpan<byte> start) =>
        start.StartsWith((ReadOnlySpan<byte>)[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);

    public override unsafe int Decompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        fixed (byte* source = input, target = output)
        {
            var stream = new LzmaStream
            {
                Input = source,
                InputLeft = (nuint)input.Length,
                Output = target,
                OutputLeft = (nuint)output.Length,
            };
            if (OpenDecoder(ref stream, MemoryLimit, Concatenated) != Ok)
                return 0;
            try
            {
                while (stream.OutputLeft > 0 && stream.InputLeft > 0 && Code(ref stream, 0) == Ok)
                {
                    // Each call goes on until one of the two buffers is used up.
                }
                return output.Length - (int)stream.OutputLeft;
            }
            finally
            {
                Close(ref stream);
            }
        }
    }

    [LibraryImport("liblzma", EntryPoint = "lzma_stream_decoder")]
    private static partial int OpenDecoder(ref LzmaStream stream, ulong memoryLimit, uint flags);

    [LibraryImport("liblzma", EntryPoint = "lzma_code")]
    private static partial int Code(ref LzmaStream stream, int action);

    [LibraryImport("liblzma", EntryPoint = "lzma_end")]
    private static partial void Close(ref LzmaStream stream);

    /// <summary><c>lzma_stream</c>; what is not named here is reserved and stays zero.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 136)]
    private unsafe struct LzmaStream
    {
        [FieldOffset(0)] public byte* Input;
        [FieldOffset(8)] public nuint InputLeft;
        [FieldOffset(24)] public byte* Output;
        [FieldOffset(32)] public nuint OutputLeft;
    }
}
