using System.Buffers.Binary;

namespace Agent.Images.Probing.Compression;

/// <summary>The lzop container around LZO1X blocks. Checksums are passed over: a damaged header shows itself in what it wraps.</summary>
internal sealed class LzopFormat : CompressedFormat
{
    /// <summary>First version that has the fields "version needed", level and high half of the time.</summary>
    private const int Version940 = 0x0940;

    public override string Name => "lzop";

    public override int InputLimit => 1024 * 1024;

    private static ReadOnlySpan<byte> Magic => [0x89, (byte)'L', (byte)'Z', (byte)'O', 0x00, 0x0d, 0x0a, 0x1a, 0x0a];

    protected override bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith(Magic);

    public override int Decompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var reader = new Reader(input[Magic.Length..]);
        return ReadHeader(ref reader) is { } flags ? ReadBlocks(ref reader, flags, output) : 0;
    }

    private static Flags? ReadHeader(ref Reader reader)
    {
        var version = reader.UInt16();
        reader.Skip(2);
        if (version >= Version940)
            reader.Skip(2);
        var method = reader.Byte();
        if (version >= Version940)
            reader.Skip(1);
        var flags = (Flags)reader.UInt32();
        // Mode and time, then the name with its length.
        reader.Skip(version >= Version940 ? 12 : 8);
        reader.Skip(reader.Byte());
        reader.Skip(4);
        if (flags.HasFlag(Flags.ExtraField))
        {
            reader.Skip(reader.UInt32());
            reader.Skip(4);
        }
        // Methods 1 to 3 are all LZO1X; a filter changes the data in ways that no known lzop writes.
        return reader.Failed || method is < 1 or > 3 || flags.HasFlag(Flags.Filter) ? null : flags;
    }

    private static int ReadBlocks(ref Reader reader, Flags flags, Span<byte> output)
    {
        var written = 0;
        while (written < output.Length)
        {
            var unpacked = reader.UInt32();
            var packed = reader.UInt32();
            if (reader.Failed || unpacked == 0 || packed == 0 || packed > unpacked)
                break;
            reader.Skip(ChecksumLength(flags, packed < unpacked));
            var room = output.Slice(written, (int)Math.Min(unpacked, (uint)(output.Length - written)));
            var block = reader.UpTo(packed);
            var copied = packed < unpacked ? Lzo1x.Decompress(block, room) : Copy(block, room);
            written += copied;
            if (copied < room.Length)
                break;
        }
        return written;
    }

    private static int Copy(ReadOnlySpan<byte> block, Span<byte> room)
    {
        var length = Math.Min(block.Length, room.Length);
        block[..length].CopyTo(room);
        return length;
    }

    /// <summary>
    /// Checksums of the unpacked data always stand when asked for, those of the packed data only where packing made it smaller.
    /// </summary>
    private static int ChecksumLength(Flags flags, bool isPacked)
    {
        var count = (flags.HasFlag(Flags.AdlerUnpacked) ? 1 : 0) + (flags.HasFlag(Flags.CrcUnpacked) ? 1 : 0);
        if (isPacked)
            count += (flags.HasFlag(Flags.AdlerPacked) ? 1 : 0) + (flags.HasFlag(Flags.CrcPacked) ? 1 : 0);
        return count * 4;
    }

    [Flags]
    private enum Flags : uint
    {
        AdlerUnpacked = 0x0001,
        AdlerPacked = 0x0002,
        ExtraField = 0x0040,
        CrcUnpacked = 0x0100,
        CrcPacked = 0x0200,
        Filter = 0x0800,
    }

    /// <summary>Big-endian fields one after the other; past the end everything reads as zero and <see cref="Failed"/> is set.</summary>
    private ref struct Reader(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public bool Failed { get; private set; }

        public byte Byte() => Take(1) is [var value] ? value : (byte)0;

        public ushort UInt16() => Take(2) is { Length: 2 } bytes ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : (ushort)0;

        public uint UInt32() => Take(4) is { Length: 4 } bytes ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;

        public void Skip(long length) => Take(length);

        /// <summary>The next <paramref name="length"/> bytes, or as many as there are.</summary>
        public ReadOnlySpan<byte> UpTo(long length) => Take(Math.Min(length, _rest.Length));

        private ReadOnlySpan<byte> Take(long length)
        {
            if (length > _rest.Length)
            {
                Failed = true;
                _rest = default;
                return default;
            }
            var taken = _rest[..(int)length];
            _rest = _rest[(int)length..];
            return taken;
        }
    }
}
