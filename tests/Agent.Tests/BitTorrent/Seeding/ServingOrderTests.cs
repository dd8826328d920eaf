using Agent.BitTorrent.Seeding;
using Agent.Tests.BitTorrent.Seeding.Simulation;
using Xunit.Abstractions;

namespace Agent.Tests.BitTorrent.Seeding;

public sealed class ServingOrderTests(ITestOutputHelper output)
{
    private static readonly Serving Classroom = (order, waiting) => order.Next(waiting);
    private static readonly Serving FirstCome = (_, waiting) => waiting.IsEmpty ? -1 : 0;

    [Theory]
    [InlineData(20, 1024, 1, 1.2)]
    [InlineData(200, 1024, 1, 1.2)]
    [InlineData(200, 1024, 10, 1.2)]
    [InlineData(2000, 256, 1, 1.4)]
    public void A_classroom_has_everything_near_the_shortest_possible_time(int leechers, int pieces, int serverUp, double aim)
    {
        var room = new Classroom(leechers, pieces, serverUp, ClientUp: 1, ClientDown: 1);

        var ours = ClassroomSimulation.Run(room, Classroom);
        var firstCome = ClassroomSimulation.Run(room, FirstCome);

        output.WriteLine($"{leechers} leechers, {pieces} pieces, server {serverUp}: bound {room.Bound:F0} slots");
        output.WriteLine($"  fewest copies first: {ours.Ratio:F3} x the bound, {ours.CopiesSent:F2} copies sent");
        output.WriteLine($"  first come:          {firstCome.Ratio:F3} x the bound, {firstCome.CopiesSent:F2} copies sent");
        Assert.InRange(ours.Ratio, 1, aim);
    }

    [Fact]
    public void The_piece_sent_least_goes_first_then_the_peer_that_got_least()
    {
        var order = new ServingOrder(3, TimeSpan.FromSeconds(20));
        order.Begin(0);

        Assert.Equal(1, order.Next([Waiting(0, 0), Waiting(1, 9), Waiting(1, 9)]));
        Assert.Equal(2, order.Next([Waiting(0, 0), Waiting(1, 9), Waiting(2, 8)]));
        order.Abandon(0);
        Assert.Equal(0, order.Next([Waiting(0, 0), Waiting(1, 9), Waiting(2, 8)]));
        Assert.Equal(-1, order.Next([]));
    }

    [Fact]
    public void Nobody_starves_for_a_piece_that_others_have_got()
    {
        var order = new ServingOrder(2, TimeSpan.FromSeconds(20));
        order.Begin(0);

        Assert.Equal(1, order.Next([Waiting(1, 0, seconds: 20), Waiting(0, 9, seconds: 21), Waiting(1, 0, seconds: 1)]));
        Assert.Equal(2, order.Next([Waiting(1, 0), Waiting(0, 9, seconds: 21), Waiting(0, 9, seconds: 22)]));
    }

    private static WaitingRequest Waiting(int piece, long sent, int seconds = 0) => new(piece, sent, TimeSpan.FromSeconds(seconds));
}
