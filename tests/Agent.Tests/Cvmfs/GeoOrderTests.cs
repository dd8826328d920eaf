using Agent.Configuration;
using Agent.Cvmfs.Geography;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Cvmfs;

/// <summary>Which servers are near to whom.</summary>
public sealed class GeoOrderTests
{
    private static readonly PlaceOptions[] Places =
    [
        At("fnal.example.org", 41.85, -88.31), At("cern.example.org", 46.23, 6.05), At("ihep.example.org", 39.92, 116.24),
        At("10.1.0.0/16", 41.65, -0.88), At("10.2.0.0/16", 35.68, 139.69), At("2001:db8::/32", 40.71, -74.01),
    ];

    private readonly GeoOrder _order = new(Places, []);

    [Theory]
    [InlineData("10.1.2.3", "2,1,3\n")]
    [InlineData("::ffff:10.1.2.3", "2,1,3\n")]
    [InlineData("10.2.2.3", "3,2,1\n")]
    [InlineData("2001:db8::1", "1,2,3\n")]
    [InlineData("IHEP.example.org", "3,2,1\n")]
    public void The_nearest_come_first(string asker, string order) =>
        Assert.Equal(order, _order.Answer(["fnal.example.org", "cern.example.org", "ihep.example.org"], [asker]));

    [Fact]
    public void The_first_asker_of_known_place_counts() =>
        Assert.Equal("2,1\n", _order.Answer(["cern.example.org", "ihep.example.org"], ["x", "unknown.example.org", "10.2.0.1", "10.1.0.1"]));

    [Fact]
    public void Servers_of_unknown_place_go_last_as_they_were_given() =>
        Assert.Equal("3,2,1,4\n", _order.Answer(["unknown.example.org", "fnal.example.org", "cern.example.org", "other.example.org"], ["10.1.0.1"]));

    [Fact]
    public void Nothing_is_guessed()
    {
        Assert.Null(_order.Answer(["cern.example.org", "ihep.example.org"], ["x", "192.168.0.1"]));
        Assert.Null(_order.Answer(["one.example.org", "two.example.org"], ["10.1.0.1"]));
        Assert.Null(new GeoOrder([], []).Answer(["a", "b"], ["127.0.0.1"]));
    }

    [Fact]
    public void Hosts_are_those_near_the_best_proxy() =>
        Assert.Equal("2,1,5,4,3\n", _order.Answer(["fnal.example.org", "ihep.example.org", "+PXYSEP+", "cern.example.org", "10.2.0.9"], ["ihep.example.org"]));

    [Theory]
    [InlineData("x,a,b", "3,2,1\n")]
    [InlineData("x,y", "1,2\n")]
    [InlineData("a,b,+PXYSEP+,x,b", "2,1,5,4,3\n")]
    public void Where_places_do_not_tell_the_chosen_order_does(string names, string order) =>
        Assert.Equal(order, new GeoOrder(Places, ["b", "a"]).Answer(names.Split(','), ["x", "127.0.0.1"]));

    [Fact]
    public void Every_answer_is_a_permutation() =>
        Prop.ForAll<int[], bool>((picks, isPlaced) =>
        {
            string[] known = ["b", "a", "x", "+PXYSEP+", "cern.example.org", "fnal.example.org", "10.1.0.1", ""];
            var names = picks.Select(pick => known[(pick & int.MaxValue) % known.Length]).ToArray();
            var order = new GeoOrder(Places, ["b", "a"]).Answer(names, [isPlaced ? "10.2.0.1" : "x"])!;
            return order.TrimEnd('\n').Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).Order().SequenceEqual(Enumerable.Range(1, names.Length));
        }).QuickCheckThrowOnFailure();

    private static PlaceOptions At(string at, double latitude, double longitude) => new() { At = [at], Latitude = latitude, Longitude = longitude };
}
