using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Agent.Indexing.Hashing.Lanes;

/// <summary>The chaining state of one digest in all lanes.</summary>
internal sealed unsafe class LaneState : IDisposable
{
    private readonly LaneAlgorithm _algorithm;
    private readonly int _width;

    public LaneState(LaneAlgorithm algorithm, int width)
    {
        (_algorithm, _width) = (algorithm, width);
        Words = (uint*)NativeMemory.AlignedAlloc((nuint)(algorithm.Initial.Length * width * sizeof(uint)), LaneAlgorithm.BlockLength);
        for (var lane = 0; lane < width; lane++)
            Reset(lane);
    }

    public LaneAlgorithm Algorithm => _algorithm;

    /// <summary>For the kernels.</summary>
    public uint* Words { get; private set; }

    private Span<uint> All => new(Words, _algorithm.Initial.Length * _width);

    /// <summary>Begins a new message in one lane.</summary>
    public void Reset(int lane)
    {
        for (var i = 0; i < _algorithm.Initial.Length; i++)
            Words[i * _width + lane] = _algorithm.Initial[i];
    }

    public void CopyFrom(LaneState other) => other.All.CopyTo(All);

    public void CopyLaneFrom(LaneState other, int lane)
    {
        for (var i = 0; i < _algorithm.Initial.Length; i++)
            Words[i * _width + lane] = other.Words[i * _width + lane];
    }

    /// <summary>The digest, once the padding has been taken.</summary>
    public void WriteDigest(int lane, Span<byte> digest)
    {
        for (var i = 0; i < _algorithm.Initial.Length; i++)
        {
            var word = Words[i * _width + lane];
            BinaryPrimitives.WriteUInt32LittleEndian(digest[(i * sizeof(uint))..], _algorithm.BigEndian ? BinaryPrimitives.ReverseEndianness(word) : word);
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Words);
        Words = null;
    }
}
