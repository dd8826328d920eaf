using Agent.BitTorrent;
using Agent.BitTorrent.Downloading;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Wire;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.BitTorrent.Downloading;

/// <summary>Who of several asks the source for what.</summary>
public sealed class SourceDivisionTests
{
    private const int Pieces = 60;

    private readonly PeerId _self = PeerId.Create();

    /// <summary>However many there are, each piece is asked for by exactly one, if all know each other.</summary>
    [Fact]
    public void All_come_to_the_same_division() => Prop.ForAll<byte>(number =>
    {
        var ids = Enumerable.Range(0, 2 + number % 7).Select(_ => PeerId.Create()).ToList();

        var shares = ids.ConvertAll(self => ShareOf(self, ids));

        Assert.Equal(Enumerable.Range(0, Pieces), shares.SelectMany(share => share).Order());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Who_leaves_moves_no_pieces_but_its_own() => Prop.ForAll<byte>(number =>
    {
        var ids = Enumerable.Range(0, 3 + number % 5).Select(_ => PeerId.Create()).ToList();
        var division = new SourceDivision(_self, Pieces);
        var sources = ids.ConvertAll(id => Join(division, id));
        var before = Share(division);

        division.Leave(sources[0]);

        var after = Share(division);
        Assert.Subset(after.ToHashSet(), before.ToHashSet());
        Assert.Subset(before.Concat(ShareOf(ids[0], [_self, .. ids])).ToHashSet(), after.ToHashSet());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Alone_it_spares_nobody_and_together_only_who_has_everything_and_is_no_companion()
    {
        var division = new SourceDivision(_self, Pieces);
        var (source, peer) = (Full("source"), new FakeSource("peer", Pieces));
        Assert.False(division.Spares(source));

        var companion = Join(division, PeerId.Create());
        companion.Pieces.SetAll(true);

        Assert.Equal((true, false, false), (division.Spares(source), division.Spares(peer), division.Spares(companion)));
        Assert.False(division.AnyLacks);
        division.IsSuspended = true;
        Assert.False(division.Spares(source));
    }

    [Fact]
    public void While_companions_are_awaited_the_source_is_asked_for_nothing()
    {
        var division = new SourceDivision(_self, Pieces) { IsWaiting = true };

        Assert.True(division.Spares(Full("source")));
        Assert.Null(division.Next(_ => true));
    }

    [Fact]
    public void Of_one_who_falls_far_behind_the_last_pieces_are_taken_over_but_never_the_next()
    {
        var division = new SourceDivision(_self, Pieces);
        var companion = Join(division, PeerId.Create());
        var own = Share(division).ToHashSet();
        var others = Enumerable.Range(0, Pieces).Where(piece => !own.Contains(piece)).ToList();
        foreach (var piece in own)
            companion.Pieces.TryAdd((uint)piece);

        var taken = TakeAll(division, piece => !own.Contains(piece));

        // As long as the companion gets none of them, all may be had, but the last first.
        Assert.Equal(others.AsEnumerable().Reverse(), taken);

        foreach (var piece in others.Take(others.Count - 8))
            companion.Pieces.TryAdd((uint)piece);
        Assert.Empty(TakeAll(division, piece => !own.Contains(piece)));
    }

    [Fact]
    public void What_a_companion_has_is_taken_from_it_and_a_block_on_its_way_from_it_is_not_asked_of_the_source_too()
    {
        const int blocks = 4;
        var division = new SourceDivision(_self, Pieces);
        var board = new PieceBoard(new PieceLayout(Pieces * blocks * PieceLayout.BlockLength, blocks * PieceLayout.BlockLength), _ => false, Pieces, division);
        var (source, companion) = (new FakeSource("source", Pieces), new FakeSource("companion", Pieces));
        board.Update(source, Set);
        board.WithDivision(known => known.Join(companion, PeerId.Create()));
        board.Update(companion, Set);
        var request = new BlockRequest[1];

        Assert.Equal(0, board.Take(source, request));
        Assert.Equal(1, board.Take(companion, request));
        Assert.Equal(0, board.Take(source, request));

        board.Remove(companion);
        Assert.Equal(1, board.Take(source, request));
    }

    private static bool Set(PieceSet pieces)
    {
        pieces.SetAll(true);
        return true;
    }

    private static FakeSource Full(string name)
    {
        var source = new FakeSource(name, Pieces);
        source.Pieces.SetAll(true);
        return source;
    }

    private static FakeSource Join(SourceDivision division, PeerId id)
    {
        var companion = new FakeSource(id.ToString(), Pieces);
        Assert.True(division.Join(companion, id));
        Assert.False(division.Join(companion, id));
        return companion;
    }

    /// <summary>The share of one, as it sees all of them.</summary>
    private static List<int> ShareOf(PeerId self, List<PeerId> all)
    {
        var division = new SourceDivision(self, Pieces);
        foreach (var id in all.Where(id => id != self))
            Join(division, id);
        return Share(division);
    }

    private static List<int> Share(SourceDivision division) => [.. Enumerable.Range(0, Pieces).Where(division.IsOwn)];

    private static List<int> TakeAll(SourceDivision division, Func<int, bool> isMissing)
    {
        var taken = new List<int>();
        while (division.Next(piece => isMissing(piece) && !taken.Contains(piece)) is { } next)
            taken.Add(next);
        return taken;
    }
}
