using System.Buffers.Binary;

namespace Agent.BitTorrent.Downloading;

/// <summary>
/// Divides what is asked of a source among those who fetch the same file from it at the same time, the companions: each asks it for other pieces,
/// and they get the rest from each other, so that it gives little more than one copy. A piece is for the companion whose id, mixed with the
/// number of the piece, gives the highest number: all come to the same division without a word about it, and one who comes or goes moves no pieces
/// but its own. Not thread-safe.
/// </summary>
/// <param name="self">The own id.</param>
/// <param name="pieceCount">Pieces of the file.</param>
internal sealed class SourceDivision(PeerId self, int pieceCount)
{
    /// <summary>Pieces of a share that are left to its owner, who may have them under way.</summary>
    private const int LeftToOwner = 8;

    private const int Self = 0;

    private readonly ulong _self = NumberOf(self);
    private readonly List<(PieceSource Source, ulong Number)> _companions = [];
    private short[]? _owners;
    private short[] _heirs = [];

    /// <summary>While companions are still expected: a source is asked for nothing, for it could be another's.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>While nothing comes from anybody: a source is asked for anything.</summary>
    public bool IsSuspended { get; set; }

    /// <summary>How many companions there are.</summary>
    public int Count => _companions.Count;

    /// <summary>True while a companion lacks pieces.</summary>
    public bool AnyLacks => _companions.Exists(companion => !companion.Source.Pieces.IsFull);

    /// <summary>Takes in a companion; false where it is known.</summary>
    public bool Join(PieceSource source, PeerId id)
    {
        if (Has(source) || _companions.Count == short.MaxValue)
            return false;
        _companions.Add((source, NumberOf(id)));
        _owners = null;
        return true;
    }

    /// <summary>Divides among the others what a companion that is gone had.</summary>
    public void Leave(PieceSource source)
    {
        if (_companions.RemoveAll(companion => companion.Source == source) > 0)
            _owners = null;
    }

    /// <summary>True for a source that is to be asked only for the own share: it has everything, and is no companion.</summary>
    public bool Spares(PieceSource source) => (IsWaiting || _companions.Count > 0) && !IsSuspended && IsOrigin(source);

    /// <summary>True for a source that has everything and is no companion.</summary>
    public bool IsOrigin(PieceSource source) => source.Pieces.IsFull && !Has(source);

    /// <summary>True for a piece of the own share.</summary>
    public bool IsOwn(int piece) => Owners[piece] == Self;

    /// <summary>True when a companion has the piece.</summary>
    public bool IsThere(int piece)
    {
        foreach (var (source, _) in _companions)
        {
            if (source.Pieces.Contains(piece))
                return true;
        }
        return false;
    }

    /// <summary>The piece that a spared source is asked for next; null where it is to be left alone.</summary>
    /// <param name="isFree">True for a piece that is missing and that nobody was asked for.</param>
    public int? Next(Func<int, bool> isFree)
    {
        if (IsWaiting)
            return null;
        for (var piece = 0; piece < pieceCount; piece++)
        {
            if (IsOwn(piece) && isFree(piece) && !IsThere(piece))
                return piece;
        }
        return TakeOver(Owners, isFree);
    }

    private short[] Owners => _owners ??= Divide();

    /// <summary>
    /// When the own share is done: a piece of somebody who has many to go, of those that would come next to this one the last, because it begins with
    /// the first.
    /// </summary>
    private int? TakeOver(short[] owners, Func<int, bool> isFree)
    {
        var left = new int[_companions.Count + 1];
        for (var piece = 0; piece < owners.Length; piece++)
        {
            if (owners[piece] != Self && !_companions[owners[piece] - 1].Source.Pieces.Contains(piece))
                left[owners[piece]]++;
        }
        for (var piece = owners.Length - 1; piece >= 0; piece--)
        {
            if (_heirs[piece] == Self && left[owners[piece]] > LeftToOwner && isFree(piece) && !IsThere(piece))
                return piece;
        }
        return null;
    }

    /// <summary>For each piece who asks for it, and who would if that one were not: 0 for this one, else the place of the companion, counted from 1.</summary>
    private short[] Divide()
    {
        var owners = new short[pieceCount];
        _heirs = new short[pieceCount];
        for (var piece = 0; piece < pieceCount; piece++)
        {
            var (best, second) = (Mix(_self, piece), 0UL);
            _heirs[piece] = -1;
            for (short i = 1; i <= _companions.Count; i++)
            {
                var score = Mix(_companions[i - 1].Number, piece);
                if (score > best)
                {
                    (_heirs[piece], owners[piece]) = (owners[piece], i);
                    (second, best) = (best, score);
                }
                else if (score >= second)
                    (_heirs[piece], second) = (i, score);
            }
        }
        return owners;
    }

    private bool Has(PieceSource source) => _companions.Exists(companion => companion.Source == source);

    /// <summary>Ids of agents differ in their last twelve bytes.</summary>
    private static ulong NumberOf(PeerId id)
    {
        Span<byte> bytes = stackalloc byte[PeerId.Length];
        id.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes[(PeerId.Length - sizeof(ulong))..]);
    }

    /// <summary>Spreads the bits of both over all of the result; the constants are odd, so that nothing is lost.</summary>
    private static ulong Mix(ulong number, int piece)
    {
        unchecked
        {
            var mixed = (number ^ (ulong)(piece + 1) * 0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93;
            mixed = (mixed ^ mixed >> 32) * 0xD6E8FEB86659FD93;
            return mixed ^ mixed >> 32;
        }
    }
}
