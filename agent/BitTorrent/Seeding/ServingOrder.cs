namespace Agent.BitTorrent.Seeding;

/// <summary>
/// Who is served next where the uplink is the bottleneck and nobody else has the file: whoever asks for the piece of which the fewest
/// copies were begun, so that peers get different pieces and can trade at once; among those the peer that got the fewest bytes. One who
/// has waited too long goes first, because some clients leave a seeder that sends nothing for a minute. One for a torrent; not thread-safe.
/// </summary>
internal sealed class ServingOrder(int pieces, TimeSpan longestWait)
{
    private readonly int[] _copies = new int[pieces];

    /// <summary>Copies of a piece that were begun.</summary>
    public int CopiesOf(int piece) => _copies[piece];

    /// <summary>Notes that a peer begins to get a piece.</summary>
    public void Begin(int piece) => _copies[piece]++;

    /// <summary>Notes that a peer that had begun a piece left, so that the piece is offered again.</summary>
    public void Abandon(int piece) => _copies[piece]--;

    /// <summary>The place of the one to serve next; −1 where nobody waits. Of equals the first.</summary>
    public int Next(ReadOnlySpan<WaitingRequest> waiting)
    {
        var best = -1;
        for (var i = 0; i < waiting.Length; i++)
        {
            if (best < 0 || IsBefore(waiting[i], waiting[best]))
                best = i;
        }
        return best;
    }

    private bool IsBefore(in WaitingRequest a, in WaitingRequest b)
    {
        var aIsLate = a.Waited > longestWait;
        var bIsLate = b.Waited > longestWait;
        if (aIsLate || bIsLate)
            return aIsLate && (!bIsLate || a.Waited > b.Waited);
        var copies = OthersCopies(a).CompareTo(OthersCopies(b));
        return copies != 0 ? copies < 0 : a.SentToPeer < b.SentToPeer;
    }

    /// <summary>What a peer has begun itself does not count against it: a piece has to become whole to be traded.</summary>
    private int OthersCopies(in WaitingRequest waiting) => _copies[waiting.Piece] - (waiting.HasBegun ? 1 : 0);
}

/// <summary>A piece that a peer waits for.</summary>
/// <param name="Piece">Which.</param>
/// <param name="SentToPeer">Bytes of the torrent that the peer got so far.</param>
/// <param name="Waited">How long the peer has got nothing.</param>
/// <param name="HasBegun">True when one of the copies that were begun is this peer's.</param>
internal readonly record struct WaitingRequest(int Piece, long SentToPeer, TimeSpan Waited, bool HasBegun = false);
