using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Agent.Images.Probing.Compression;

/// <summary>
/// The legacy LZ4 format (<c>lz4 -l</c>): blocks of 8 MiB of data, each a length and an LZ4 block. The first block alone holds all that is
/// looked at, and its beginning is unpacked without the rest.
/// </summary>
internal sealed partial class Lz4LegacyFormat : CompressedFormat
{
    private const int HeaderLength = 8;

    public override string Name => "lz4";

    public override int InputLimit => 256 * 1024;

    protected override bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith((ReadOnlySpan<byte>)[0x02, 0x21, 0x4c, 0x18]);

    public override unsafe int Decompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (input.Length < HeaderLength)
            return 0;
        var packed = BinaryPrimitives.ReadUInt32LittleEndian(input[4..]);
        var block = input[HeaderLength..];
        block = block[..(int)Math.Min(packed, (uint)block.Length)];
        fixed (byte* source = block, target = output)
            return Math.Max(0, DecompressPart(source, target, block.Length, output.Length, output.Length));
    }

    [LibraryImport("liblz4", EntryPoint = "LZ4_decompress_safe_partial")]
    private static unsafe partial int DecompressPart(byte* source, byte* target, int sourceLength, int wanted, int room);
}
