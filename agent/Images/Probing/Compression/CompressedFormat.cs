namespace Agent.Images.Probing.Compression;

/// <summary>A compressed format that wraps images, known by its magic bytes.</summary>
internal abstract class CompressedFormat
{
    private static readonly CompressedFormat[] All =
        [new LzopFormat(), new GzipFormat(), new ZstdFormat(), new Lz4Format(), new Lz4LegacyFormat(), new XzFormat(), new Bzip2Format()];

    /// <summary>The program that unpacks it, as <c>repoinfo.json</c> names it.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Bytes from the start of a file within which every honest one yields its first <see cref="HeaderProbe.StreamLength"/> bytes.
    /// </summary>
    public abstract int InputLimit { get; }

    /// <summary>The format of a file that begins with <paramref name="start"/>, or null for none of the known ones.</summary>
    public static CompressedFormat? Of(ReadOnlySpan<byte> start)
    {
        foreach (var format in All)
        {
            if (format.Recognises(start))
                return format;
        }
        return null;
    }

    /// <summary>
    /// Unpacks the beginning of a file until <paramref name="output"/> is full, the input ends or makes no sense, and returns the number of
    /// bytes written. Whatever the input claims, memory and time stay bounded by the two spans and a window fixed by each format.
    /// </summary>
    public abstract int Decompress(ReadOnlySpan<byte> input, Span<byte> output);

    /// <summary>Tells by the magic bytes whether a file is of this format.</summary>
    protected abstract bool Recognises(ReadOnlySpan<byte> start);
}
