using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Replication;

/// <summary>Global images between four real agents.</summary>
[Collection("swarm")]
public sealed class GlobalTests(ITestOutputHelper output)
{
    private const int Length = 9_000_001;

    [Fact]
    public async Task It_comes_to_all_who_are_there_then_to_the_one_who_was_away_and_its_changes_too()
    {
        await using var fleet = await Fleet.StartAsync(output, others: 3);
        await fleet.KillAsync(3);
        var first = await fleet.WriteAsync("ou/A.img", Length);

        await fleet.MarkAsync("global", "ou/A.img");

        var away = (await fleet.SeeAsync("ou/A.img", "up_to_date", "up_to_date", "unreachable"))[2];
        Assert.Contains("r3", away.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.True(away.GetProperty("next_try").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
        var table = await AgentCommand.AskAsync(fleet.Hub, "globals");
        Assert.Equal(0, table.ExitCode);
        Assert.Matches(@"ou/A\.img +r1 +up to date", table.Output);
        Assert.Contains("unreachable", table.Output, StringComparison.Ordinal);
        AssertHas(fleet, [1, 2], "ou/A.img", first);

        await fleet.StartAsync(3);
        await fleet.SeeAsync("ou/A.img", "up_to_date", "up_to_date", "up_to_date");
        AssertHas(fleet, [1, 2, 3], "ou/A.img", first);

        var second = await fleet.WriteAsync("ou/A.img", Length - 1000);
        await SeeHereAsync(fleet, "ou/A.img", Length - 1000);
        await fleet.SeeAsync("ou/A.img", "up_to_date", "up_to_date", "up_to_date");
        AssertHas(fleet, [1, 2, 3], "ou/A.img", second);
        AssertHas(fleet, [1, 2, 3], "ou/A.img.ant", first);
        foreach (var number in new[] { 1, 2, 3 })
            Assert.Equal("global", (await fleet.Agent(number).Api.FindAsync("ou/A.img"))!.Scope);
    }

    [Fact]
    public async Task A_conflict_is_shown_and_overwrites_nothing_and_a_local_image_stays_where_it_is()
    {
        await using var fleet = await Fleet.StartAsync(output, others: 3);
        var theirs = Contents.Random(Length);
        fleet.Repository(2).Write("A.img", theirs);
        await fleet.Agent(2).SeeAsync("their image is ready", () => fleet.Agent(2).Api.FindReadyAsync("A.img"));
        var ours = await fleet.WriteAsync("A.img", Length);

        await fleet.MarkAsync("global", "A.img");

        var conflict = (await fleet.SeeAsync("A.img", "up_to_date", "conflict", "up_to_date"))[1];
        Assert.Contains("another content", conflict.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains("conflict", (await AgentCommand.AskAsync(fleet.Hub, "globals")).Output, StringComparison.Ordinal);
        AssertHas(fleet, [1, 3], "A.img", ours);

        await fleet.MarkAsync("local", "A.img");
        await fleet.SeeAsync("A.img");
        foreach (var number in new[] { 1, 3 })
            Assert.Equal("local", (await fleet.Agent(number).Api.FindAsync("A.img"))!.Scope);
        await fleet.WriteAsync("A.img", 1000);
        await fleet.WriteAsync("B.img", 1000);
        await fleet.MarkAsync("global", "B.img");
        await fleet.SeeAsync("B.img", "up_to_date", "up_to_date", "up_to_date");

        AssertHas(fleet, [1, 3], "A.img", ours);
        AssertHas(fleet, [2], "A.img", theirs);
        Assert.All(new[] { 1, 2, 3 }, number => Assert.False(File.Exists(fleet.Repository(number)["A.img.ant"])));
    }

    private static async Task SeeHereAsync(Fleet fleet, string image, int length)
    {
        foreach (var number in Enumerable.Range(1, 3))
        {
            await fleet.Agent(number).SeeAsync(
                "the new version is here", async () => await fleet.Agent(number).Api.FindReadyAsync(image) is { Locked: false } ready && ready.Size == length, TimeSpan.FromMinutes(3));
        }
    }

    private static void AssertHas(Fleet fleet, int[] numbers, string image, byte[] content) =>
        Assert.All(numbers, number => Assert.True(content.AsSpan().SequenceEqual(File.ReadAllBytes(fleet.Repository(number)[image])), $"{image} at r{number}"));
}
