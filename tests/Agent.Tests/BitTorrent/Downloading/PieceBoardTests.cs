using Agent.BitTorrent.Downloading;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Wire;

namespace Agent.Tests.BitTorrent.Downloading;

/// <summary>Who fetches which block.</summary>
public sealed class PieceBoardTests
{
    private const int Block = PieceLayout.BlockLength;
    private const int BlocksOfPiece = 4;
    private const int Pieces = 6;

    private readonly PieceBoard _board = new(new PieceLayout(Pieces * BlocksOfPiece * Block - 100, BlocksOfPiece * Block), _ => false, mostOpen: 3);

    [Fact]
    public void One_source_gets_piece_after_piece_in_the_order_of_the_file()
    {
        var blocks = Take(Seed("seed"), 10);

        Assert.Equal([0, Block, 2 * Block, 3 * Block], blocks.Take(4).Select(block => block.Begin));
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1, 2, 2], blocks.Select(block => block.Piece));
    }

    [Fact]
    public void Each_source_begins_a_piece_of_its_own_as_long_as_there_is_room()
    {
        var sources = Enumerable.Range(0, 4).Select(i => Seed($"{i}")).ToList();

        var taken = sources.Select(source => Take(source, 1).Single().Piece).ToList();

        Assert.Equal([0, 1, 2], taken.Take(3));
        Assert.Contains(taken[3], taken.Take(3));
    }

    [Fact]
    public void The_rarest_piece_comes_first_where_peers_trade()
    {
        var seed = Seed("seed");
        for (var i = 0; i < 3; i++)
        {
            var leecher = new FakeSource($"leecher {i}", Pieces);
            foreach (var piece in Enumerable.Range(0, Pieces).Where(piece => piece != 4))
                Assert.True(_board.AddPiece(leecher, (uint)piece));
        }

        Assert.Equal(4, Take(seed, 1).Single().Piece);
    }

    [Fact]
    public void What_a_source_owed_that_left_is_owed_by_the_next()
    {
        var (gone, next) = (Seed("gone"), Seed("next"));
        var owed = Take(gone, BlocksOfPiece);
        _board.Receive(gone, owed[0], new byte[Block], out _);

        _board.Remove(gone);

        Assert.Equal(owed.Skip(1), Take(next, 3));
    }

    [Fact]
    public void What_a_liar_gave_of_a_piece_that_is_not_whole_is_fetched_anew()
    {
        var (liar, next) = (Seed("liar"), Seed("next"));
        var owed = Take(liar, BlocksOfPiece);
        _board.Receive(liar, owed[0], new byte[Block], out _);
        _board.Receive(liar, owed[2], new byte[Block], out _);

        liar.Ban("it lied");

        Assert.Equal(2 * Block, _board.Remove(liar));
        Assert.Equal(owed, Take(next, BlocksOfPiece));
        Complete(next, owed);
    }

    [Fact]
    public void At_the_end_missing_blocks_are_asked_of_several_and_taken_back_when_they_come()
    {
        var (slow, fast) = (Seed("slow"), Seed("fast"));
        for (var piece = 0; piece < Pieces - 1; piece++)
            Complete(fast, Take(fast, BlocksOfPiece));
        var owed = Take(slow, BlocksOfPiece);

        Assert.Equal(owed, Take(fast, BlocksOfPiece));
        Complete(fast, owed);

        Assert.Equal(owed, slow.Cancelled);
        Assert.Equal(0, _board.Missing);
        Assert.Equal(BlockOutcome.Discarded, _board.Receive(slow, owed[0], new byte[Block], out _));
    }

    [Fact]
    public void A_wrong_piece_from_one_source_alone_accuses_it()
    {
        var liar = Seed("liar");

        Assert.Equal([liar], _board.Refuse(Whole(liar, Take(liar, BlocksOfPiece), 1)));
    }

    [Fact]
    public void Of_a_wrong_piece_from_several_the_right_one_tells_who_lied()
    {
        var (liar, honest) = (Seed("liar"), Seed("honest"));
        var blocks = Take(liar, BlocksOfPiece);
        _board.Receive(liar, blocks[0], Filled(1), out _);
        _board.Release(liar);
        Assert.Equal(blocks[1..], Take(honest, 3));
        Assert.Empty(_board.Refuse(Whole(honest, blocks[1..], 0)));

        // The piece now has to come from one source: from others not a block of it is taken.
        var again = Take(honest, BlocksOfPiece);
        Assert.Equal(blocks, again);
        Assert.Equal(BlockOutcome.Discarded, _board.Receive(liar, again[0], Filled(1), out _));

        Assert.Equal([liar], _board.Accept(Whole(honest, again, 0)));
    }

    [Fact]
    public void A_piece_that_has_to_come_from_one_source_begins_anew_when_that_one_leaves()
    {
        var (first, second, third) = (Seed("1"), Seed("2"), Seed("3"));
        var blocks = Take(first, BlocksOfPiece);
        _board.Receive(first, blocks[0], Filled(1), out _);
        _board.Release(first);
        _board.Refuse(Whole(second, Take(second, 3), 0));
        var again = Take(second, BlocksOfPiece);
        _board.Receive(second, again[0], Filled(0), out _);

        _board.Remove(second);

        Assert.Equal(blocks, Take(third, BlocksOfPiece));
    }

    [Fact]
    public void Pieces_that_do_not_exist_are_refused() => Assert.False(_board.AddPiece(new FakeSource("a", Pieces), Pieces));

    private FakeSource Seed(string name)
    {
        var seed = new FakeSource(name, Pieces);
        _board.Update(seed, pieces =>
        {
            pieces.SetAll(true);
            return true;
        });
        return seed;
    }

    private BlockRequest[] Take(PieceSource source, int most)
    {
        var blocks = new BlockRequest[most];
        return blocks[.._board.Take(source, blocks)];
    }

    private OpenPiece Whole(PieceSource source, BlockRequest[] blocks, byte fill)
    {
        OpenPiece? whole = null;
        foreach (var block in blocks)
            _board.Receive(source, block, Filled(fill).AsSpan(0, block.Length), out whole);
        return whole!;
    }

    private void Complete(PieceSource source, BlockRequest[] blocks) => Assert.Empty(_board.Accept(Whole(source, blocks, 0)));

    private static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, Block)];
}
