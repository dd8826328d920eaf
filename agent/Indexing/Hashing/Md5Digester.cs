using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Agent.Indexing.Hashing.Lanes;

namespace Agent.Indexing.Hashing;

/// <summary>The MD5 (RFC 1321) of a whole file, by the own code in <c>md5.c</c>: the one digest of an image that nothing else can be hidden behind.</summary>
internal sealed unsafe partial class Md5Digester : IDigester
{
    private readonly uint[] _state = [.. LaneAlgorithm.Md5.Initial];
    private readonly byte[] _rest = new byte[LaneAlgorithm.BlockLength];
    private int _restLength;
    private long _length;

    public void Append(ReadOnlySpan<byte> data)
    {
        _length += data.Length;
        if (_restLength > 0)
            data = data[FillRest(data)..];
        if (_restLength > 0)
            return;
        var whole = data.Length & ~(LaneAlgorithm.BlockLength - 1);
        Take(data[..whole]);
        data[whole..].CopyTo(_rest);
        _restLength = data.Length - whole;
    }

    public byte[] Finish()
    {
        Span<byte> padded = stackalloc byte[2 * LaneAlgorithm.BlockLength];
        var blocks = LaneAlgorithm.Md5.Pad(_rest.AsSpan(0, _restLength), _length, padded);
        Take(padded[..(blocks * LaneAlgorithm.BlockLength)]);
        var digest = new byte[LaneAlgorithm.Md5.DigestLength];
        for (var i = 0; i < _state.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(digest.AsSpan(i * sizeof(uint)), _state[i]);
        return digest;
    }

    public void Dispose()
    {
        // Holds nothing: as the others of its kind.
    }

    /// <summary>Completes the block that was begun, as far as the bytes go, and returns how many it took.</summary>
    private int FillRest(ReadOnlySpan<byte> data)
    {
        var taken = Math.Min(data.Length, _rest.Length - _restLength);
        data[..taken].CopyTo(_rest.AsSpan(_restLength));
        _restLength += taken;
        if (_restLength == _rest.Length)
        {
            Take(_rest);
            _restLength = 0;
        }
        return taken;
    }

    private void Take(ReadOnlySpan<byte> blocks)
    {
        fixed (uint* state = _state)
        fixed (byte* data = blocks)
            Md5(state, data, (nuint)(blocks.Length / LaneAlgorithm.BlockLength));
    }

    [LibraryImport("ogrepo_lanes", EntryPoint = "ogl_md5")]
    private static partial void Md5(uint* state, byte* data, nuint blocks);
}
