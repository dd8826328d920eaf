using Agent.BitTorrent.Wire;

namespace Agent.BitTorrent.Downloading;

/// <summary>
/// Something that blocks come from: a link to a peer, or a connection to a web server. What it has and owes is kept by the
/// <see cref="PieceBoard"/>, under its lock.
/// </summary>
internal abstract class PieceSource(int pieceCount)
{
    private long _fetched;

    /// <summary>Pieces it has; changed by the board only.</summary>
    public PieceSet Pieces { get; } = new(pieceCount);

    /// <summary>Bytes of data that came from it.</summary>
    public long Fetched => Interlocked.Read(ref _fetched);

    /// <summary>Why nothing is taken from it any more; null for an honest one.</summary>
    public abstract string? Banned { get; }

    /// <summary>Address and port of a peer, or URL.</summary>
    public abstract string Name { get; }

    /// <summary>Counts data.</summary>
    public void CountFetched(int bytes) => Interlocked.Add(ref _fetched, bytes);

    /// <summary>Has it owe a block no more, because another source was faster. Called under the board's lock; must not call the board.</summary>
    public abstract void Cancel(in BlockRequest block);

    /// <summary>Takes note that it gave wrong data: a peer is cut off, a web server after some more of that.</summary>
    public abstract void Ban(string reason);
}
