using System.Numerics;

namespace Agent.BitTorrent.Wire;

/// <summary>Which pieces a peer has. Costs nothing until it says so; not thread-safe.</summary>
internal sealed class PieceSet(int pieceCount)
{
    private byte[]? _bits;
    private bool _isFull;
    private int _count;

    /// <summary>Pieces in the set.</summary>
    public int Count => _isFull ? pieceCount : _count;

    /// <summary>True when no piece is missing.</summary>
    public bool IsFull => Count == pieceCount;

    /// <summary>True when the piece is in the set.</summary>
    public bool Contains(int piece) => _isFull || (_bits is not null && (_bits[piece / 8] & (0x80 >> (piece % 8))) != 0);

    /// <summary>Writes the set as a bitfield with zeros for spare bits (BEP 3).</summary>
    public void CopyTo(Span<byte> bitfield)
    {
        bitfield.Clear();
        for (var piece = 0; piece < pieceCount; piece++)
        {
            if (Contains(piece))
                bitfield[piece / 8] |= (byte)(0x80 >> (piece % 8));
        }
    }

    /// <summary>Adds a piece; false where there is no such piece.</summary>
    public bool TryAdd(uint piece)
    {
        if (piece >= (uint)pieceCount)
            return false;
        if (_isFull)
            return true;
        _bits ??= new byte[(pieceCount + 7) / 8];
        var mask = (byte)(0x80 >> (int)(piece % 8));
        if ((_bits[piece / 8] & mask) == 0)
        {
            _bits[piece / 8] |= mask;
            _count++;
        }
        return true;
    }

    /// <summary>Takes a whole bitfield; false where its length is wrong or bits after the last piece are set (BEP 3).</summary>
    public bool TrySet(ReadOnlySpan<byte> bitfield)
    {
        if (bitfield.Length != (pieceCount + 7) / 8)
            return false;
        if (pieceCount % 8 is var used and not 0 && (bitfield[^1] & (0xFF >> used)) != 0)
            return false;
        var count = 0;
        foreach (var bits in bitfield)
            count += BitOperations.PopCount(bits);
        _isFull = count == pieceCount;
        _bits ??= new byte[bitfield.Length];
        bitfield.CopyTo(_bits);
        _count = count;
        return true;
    }

    /// <summary>Takes <c>have_all</c> or <c>have_none</c> (BEP 6).</summary>
    public void SetAll(bool has)
    {
        _isFull = has;
        _bits = null;
        _count = 0;
    }
}
