using System.Runtime.InteropServices;

namespace Agent.Indexing.Hashing.Lanes;

/// <summary>What one lane does in a batch: the next bytes of one file, or nothing.</summary>
/// <param name="File">Whose bytes; null for a lane that has nothing to do.</param>
/// <param name="Offset">Where in the file they begin: a multiple of <see cref="LaneBatch.LaneCapacity"/>.</param>
/// <param name="Length">How many; only the last slice of a file is shorter than <see cref="LaneBatch.LaneCapacity"/>.</param>
internal readonly record struct LaneSlice(LaneFile? File, long Offset, int Length)
{
    public bool BeginsFile => Offset == 0;

    public bool EndsFile => Offset + Length == File!.Length;

    public bool EndsPiece => EndsFile || (Offset + Length) % FileDigests.PieceLength == 0;
}

/// <summary>One buffer full of work for all lanes, which one worker fills and takes through all kernels.</summary>
internal sealed unsafe class LaneBatch : IDisposable
{
    /// <summary>
    /// Bytes of a lane: divides a piece, so that pieces end where slices end. All lanes together fit into the second cache of a core: from
    /// beyond, the kernels take a fifth longer.
    /// </summary>
    public const int LaneCapacity = 32 << 10;

    private readonly LaneSlice[] _slices;
    private byte* _buffer;

    public LaneBatch(int width)
    {
        _slices = new LaneSlice[width];
        _buffer = (byte*)NativeMemory.AlignedAlloc((nuint)(width * Stride), (nuint)Environment.SystemPageSize);
    }

    /// <summary>One cache line more than the capacity: at a power of two all lanes would compete for the same lines of the cache.</summary>
    private static int Stride => LaneCapacity + LaneAlgorithm.BlockLength;

    /// <summary>One for each lane.</summary>
    public Span<LaneSlice> Slices => _slices;

    public byte* Data(int lane) => _buffer + lane * Stride;

    public Span<byte> Buffer(int lane) => new(Data(lane), LaneCapacity);

    public void Dispose()
    {
        NativeMemory.AlignedFree(_buffer);
        _buffer = null;
    }
}
