using Agent.Api;
using Agent.Cli.Live;

namespace Agent.Tests.Cli;

public sealed class LiveChangesTests
{
    [Fact]
    public void The_first_state_tells_what_there_is_and_not_what_was()
    {
        var state = LiveStates.Known with { Jobs = [LiveStates.Job("1", "FINISHED"), LiveStates.Job("2", "RUNNING")], Transmissions = [LiveStates.Transmission("3", "done")] };

        Assert.Equal(["3 images (2.9 MiB), 2 indexed, 1 locked, 0 damaged (revision 7)", "job 2, check of A.img: RUNNING"], LiveChanges.Between(null, state));
    }

    [Fact]
    public void Lists_that_come_after_the_first_event_are_no_changes_either() => Assert.Empty(LiveChanges.Between(
        LiveStates.Known with { HasLists = false }, LiveStates.Known with { Jobs = [LiveStates.Job("1", "FAILED")], Transmissions = [LiveStates.Transmission("3", "failed")] }));

    [Fact]
    public void Nothing_is_told_twice() => Assert.Empty(LiveChanges.Between(LiveStates.Known, LiveStates.Known with { Told = LiveStates.Time.AddSeconds(1) }));

    [Fact]
    public void Each_change_is_a_sentence()
    {
        var before = LiveStates.Known with { Jobs = [LiveStates.Job("1", "RUNNING")], Transmissions = [LiveStates.Transmission("2", "sending")] };
        var reading = new ImageProgressResponse("B.img", false, 0, 2048, 0, null);
        var now = before with
        {
            Now = LiveStates.AtRest with { Images = 4, Indexing = new IndexingResponse("B.img", 0, 2048, 6, 0, 0, null, [reading]), Checks = new CheckingResponse(reading, 1, 1, null, 0), Peers = 5 },
            Jobs = [LiveStates.Job("1", "FAILED", error: "No.")],
            Transmissions = [LiveStates.Transmission("2", "failed", problem: "Never.")],
        };

        Assert.Equal(
            [
                "4 images (2.9 MiB), 2 indexed, 1 locked, 0 damaged (revision 7)", "indexing B.img (2.0 KiB), 6 more wait", "checking B.img (2.0 KiB)", "5 peers",
                "job 1, check of A.img: FAILED, No.", "transmission 2, udpcast of A.img: failed, 2 clients, Never.",
            ],
            LiveChanges.Between(before, now));
    }

    [Fact]
    public void The_agent_goes_and_comes()
    {
        var away = LiveStates.Known with { AwaySince = LiveStates.Time, AwayReason = "Connection refused" };

        Assert.Equal(["The agent is away, trying again. Connection refused"], LiveChanges.Between(LiveStates.Known, away));
        Assert.Empty(LiveChanges.Between(away, away with { AwayReason = "No route to host" }));
        Assert.Equal(["The agent is there again."], LiveChanges.Between(away, LiveStates.Known));
        Assert.Equal(["The agent is there again, restarted."], LiveChanges.Between(away, LiveStates.Known with { Now = LiveStates.AtRest with { Started = LiveStates.Time } }));
    }
}
