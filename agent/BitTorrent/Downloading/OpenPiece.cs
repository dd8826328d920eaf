using System.Buffers;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Wire;

namespace Agent.BitTorrent.Downloading;

/// <summary>A piece that has come in part: its bytes, and for each block who owes it and who gave it. Not thread-safe.</summary>
internal sealed class OpenPiece : IDisposable
{
    /// <summary>Sources that are asked for the same block at the end of a download.</summary>
    private const int MostAsked = 3;

    private readonly byte[] _buffer;
    private readonly int _length;
    private readonly Block[] _blocks;
    private int _asked;
    private int _received;

    public OpenPiece(int index, int length, bool needsOneSource)
    {
        Index = index;
        NeedsOneSource = needsOneSource;
        _buffer = ArrayPool<byte>.Shared.Rent(length); // new ones of this size would each come from the kernel, and be cleared
        _length = length;
        _blocks = new Block[(length - 1) / PieceLayout.BlockLength + 1];
    }

    /// <summary>Number of the piece.</summary>
    public int Index { get; }

    /// <summary>Its bytes, as far as they have come.</summary>
    public Span<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>Who began it: one source fetches a whole piece as long as it can, so that a wrong piece has one culprit.</summary>
    public PieceSource? Owner { get; private set; }

    /// <summary>True when it was wrong before, with blocks of several sources: now all of it has to come from one.</summary>
    public bool NeedsOneSource { get; }

    /// <summary>True when all blocks are there.</summary>
    public bool IsWhole => _received == _blocks.Length;

    /// <summary>True when there are blocks that nobody was asked for.</summary>
    public bool HasFreeBlocks => _asked < _blocks.Length;

    /// <summary>Everyone a block came from.</summary>
    public IEnumerable<PieceSource> Contributors => _blocks.Select(block => block.From).OfType<PieceSource>().Distinct();

    /// <summary>Bytes of a block.</summary>
    public ReadOnlySpan<byte> BytesOf(int block) => Bytes.Slice(block * PieceLayout.BlockLength, LengthOf(block));

    /// <summary>Blocks in the piece.</summary>
    public int BlockCount => _blocks.Length;

    /// <summary>Who gave a block; null while it has not come.</summary>
    public PieceSource? GiverOf(int block) => _blocks[block].From;

    /// <summary>True when the source may be asked for blocks of it.</summary>
    public bool IsOpenTo(PieceSource source) => !NeedsOneSource || Owner is null || Owner == source;

    /// <summary>Gives the memory of the bytes to others; to be called once, when nobody looks at them any more.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    /// <summary>Has a source owe blocks that nobody owes; how many.</summary>
    public int Take(PieceSource source, Span<BlockRequest> into)
    {
        Owner ??= source;
        var taken = 0;
        for (var i = 0; i < _blocks.Length && taken < into.Length; i++)
        {
            ref var block = ref _blocks[i];
            if (block.From is not null || block.Asked is { Count: > 0 })
                continue;
            (block.Asked ??= []).Add(source);
            _asked++;
            into[taken++] = RequestOf(i);
        }
        return taken;
    }

    /// <summary>Has a source owe blocks that others owe already; how many.</summary>
    public int TakeAgain(PieceSource source, Span<BlockRequest> into)
    {
        var taken = 0;
        for (var i = 0; i < _blocks.Length && taken < into.Length; i++)
        {
            ref var block = ref _blocks[i];
            if (block.From is not null || block.Asked is not { Count: < MostAsked } asked || asked.Contains(source))
                continue;
            asked.Add(source);
            into[taken++] = RequestOf(i);
        }
        return taken;
    }

    /// <summary>Puts a block in its place and has nobody owe it any more; false where it was there already or may not come from there.</summary>
    public bool Store(PieceSource source, in BlockRequest request, ReadOnlySpan<byte> data)
    {
        ref var block = ref _blocks[request.Begin / PieceLayout.BlockLength];
        if (block.From is not null || !IsOpenTo(source))
            return false;
        data.CopyTo(Bytes[request.Begin..]);
        foreach (var other in block.Asked ?? [])
        {
            if (other != source)
                other.Cancel(request);
        }
        if (block.Asked is not { Count: > 0 })
            _asked++;
        block = new Block { From = source };
        _received++;
        return true;
    }

    /// <summary>Has a source owe nothing of it any more.</summary>
    public void Release(PieceSource source)
    {
        var isRestart = NeedsOneSource && Owner == source;
        if (Owner == source)
            Owner = null;
        for (var i = 0; i < _blocks.Length; i++)
        {
            ref var block = ref _blocks[i];
            if (block.Asked?.Remove(source) == true && block.Asked.Count == 0)
                _asked--;
            if (isRestart && block.From is not null)
                Empty(ref block);
        }
    }

    /// <summary>Has to get anew what came from a source; how many bytes that are.</summary>
    public int Forget(PieceSource source)
    {
        var bytes = 0;
        for (var i = 0; i < _blocks.Length; i++)
        {
            if (_blocks[i].From != source)
                continue;
            Empty(ref _blocks[i]);
            bytes += LengthOf(i);
        }
        return bytes;
    }

    /// <summary>Has a source owe one block no more.</summary>
    public void Release(PieceSource source, in BlockRequest request)
    {
        ref var block = ref _blocks[request.Begin / PieceLayout.BlockLength];
        if (block.Asked?.Remove(source) == true && block.Asked.Count == 0)
            _asked--;
    }

    private void Empty(ref Block block)
    {
        block.From = null;
        _received--;
        _asked--;
    }

    private BlockRequest RequestOf(int block) => new(Index, block * PieceLayout.BlockLength, LengthOf(block));

    private int LengthOf(int block) => Math.Min(PieceLayout.BlockLength, _length - block * PieceLayout.BlockLength);

    private struct Block
    {
        public PieceSource? From;
        public List<PieceSource>? Asked;
    }
}
