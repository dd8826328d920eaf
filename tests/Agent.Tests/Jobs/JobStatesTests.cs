using Agent.Jobs;

namespace Agent.Tests.Jobs;

public sealed class JobStatesTests
{
    [Fact]
    public void An_ended_job_never_changes_its_state() =>
        Assert.All(Pairs().Where(pair => pair.From.IsEnded()), pair => Assert.False(pair.From.CanBecome(pair.To)));

    [Fact]
    public void A_waiting_job_finishes_only_by_running() => Assert.False(JobState.Waiting.CanBecome(JobState.Finished));

    [Fact]
    public void No_state_becomes_itself() => Assert.All(Enum.GetValues<JobState>(), state => Assert.False(state.CanBecome(state)));

    private static IEnumerable<(JobState From, JobState To)> Pairs() =>
        Enum.GetValues<JobState>().SelectMany(from => Enum.GetValues<JobState>().Select(to => (from, to)));
}
