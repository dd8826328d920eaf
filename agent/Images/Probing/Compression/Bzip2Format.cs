using System.Runtime.InteropServices;

namespace Agent.Images.Probing.Compression;

/// <summary>bzip2, unpacked by libbz2, which needs at most 4 MB for the largest blocks there are.</summary>
internal sealed partial class Bzip2Format : CompressedFormat
{
    private const int Ok = 0;
    private const int StreamEnd = 4;

    public override string Name => "bzip2";

    /// <summary>A block of 900 kB is unpacked only when it is there whole; an incompressible one grows by less than 1 %.</summary>
    public override int InputLimit => 1024 * 1024;

    /// <summary>Behind the level comes the mark of a block, or, where there is nothing to pack, that of the end.</summary>
    protected override bool Recognises(ReadOnlySpan<byte> start) =>
        start.Length > 10 && start.StartsWith("BZh"u8) && start[3] is >= (byte)'1' and <= (byte)'9'
        && (start[4..].StartsWith((ReadOnlySpan<byte>)[0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
            || start[4..].StartsWith((ReadOnlySpan<byte>)[0x17, 0x72, 0x45, 0x38, 0x50, 0x90]));

    public override unsafe int Decompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var (read, written) = (0, 0);
        fixed (byte* source = input, target = output)
        {
            while (written < output.Length)
            {
                var stream = new BzStream
                {
                    Input = source + read,
                    InputLeft = (uint)(input.Length - read),
                    Output = target + written,
                    OutputLeft = (uint)(output.Length - written),
                };
                var ended = RunMember(ref stream);
                var before = written;
                read = input.Length - (int)stream.InputLeft;
                written = output.Length - (int)stream.OutputLeft;
                // Parallel compressors write member after member; one without content is never honest and would cost time for nothing.
                if (!ended || written == before)
                    break;
            }
        }
        return written;
    }

    /// <summary>Unpacks one member; true when it came to its proper end.</summary>
    private static bool RunMember(ref BzStream stream)
    {
        if (Open(ref stream, 0, 0) != Ok)
            return false;
        try
        {
            var result = Ok;
            while (result == Ok && stream.InputLeft > 0 && stream.OutputLeft > 0)
                result = Code(ref stream);
            return result == StreamEnd;
        }
        finally
        {
            _ = Close(ref stream);
        }
    }

    [LibraryImport("libbz2", EntryPoint = "BZ2_bzDecompressInit")]
    private static partial int Open(ref BzStream stream, int verbosity, int small);

    [LibraryImport("libbz2", EntryPoint = "BZ2_bzDecompress")]
    private static partial int Code(ref BzStream stream);

    [LibraryImport("libbz2", EntryPoint = "BZ2_bzDecompressEnd")]
    private static partial int Close(ref BzStream stream);

    /// <summary><c>bz_stream</c>; what is not named here belongs to the library or stays zero.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 80)]
    private unsafe struct BzStream
    {
        [FieldOffset(0)] public byte* Input;
        [FieldOffset(8)] public uint InputLeft;
        [FieldOffset(24)] public byte* Output;
        [FieldOffset(32)] public uint OutputLeft;
    }
}
