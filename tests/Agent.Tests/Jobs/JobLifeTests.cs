using Agent.Jobs;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Jobs;

/// <summary>Any sequence of wishes, endings, stops and crashes keeps to the rules of a job's life, and memory and disk agree.</summary>
public sealed class JobLifeTests
{
    public enum Step
    {
        EnqueueCheck,
        EnqueueImport,
        EndOldest,
        FailOldest,
        CancelOldest,
        CancelLatest,
        RemoveEnded,
        Stop,
        Crash,
    }

    [Fact]
    public void Any_sequence_of_steps_keeps_to_the_rules() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll<Step[]>(steps => LiveAsync(steps ?? []).GetAwaiter().GetResult()));

    private static async Task<bool> LiveAsync(Step[] steps)
    {
        await using var agent = await TestAgent.StartAsync();
        var states = new Dictionary<JobId, JobState>();
        foreach (var step in steps)
        {
            agent.Time.Advance(TimeSpan.FromSeconds(1));
            await TakeAsync(step, agent);
            await SettleAsync(agent.Present);
            var jobs = agent.Present.Queue.List();
            Assert.All(jobs, job => AssertLawful(states, job));
            Assert.Equal(jobs.Select(Essence), new JobStore(agent.Jobs).Load().Select(Essence));
            Assert.All(["check", "import"], kind => Assert.InRange(agent.Present.Queue.List(JobState.Running, kind).Count, 0, 1));
        }
        return true;
    }

    private static async Task TakeAsync(Step step, TestAgent agent)
    {
        var queue = agent.Present.Queue;
        switch (step)
        {
            case Step.EnqueueCheck or Step.EnqueueImport:
                queue.Enqueue(step == Step.EnqueueCheck ? "check" : "import", "{}");
                break;
            case Step.Stop:
                await agent.RestartAsync();
                break;
            case Step.Crash:
                await agent.CrashAsync();
                break;
            case Step.RemoveEnded:
                Assert.All(queue.List().Where(job => job.State.IsEnded()), job => Assert.Equal(JobDeletion.Removed, queue.CancelOrRemove(job.Id)));
                break;
            default:
                await TouchAsync(step, agent.Present);
                break;
        }
    }

    private static async Task TouchAsync(Step step, TestQueue test)
    {
        var alive = test.Queue.List().Where(job => !job.State.IsEnded()).ToList();
        if (alive.Count == 0)
            return;
        var job = step == Step.CancelLatest ? alive[^1] : alive[0];
        if (step is Step.CancelOldest or Step.CancelLatest)
            Assert.InRange(test.Queue.CancelOrRemove(job.Id), JobDeletion.Cancelled, JobDeletion.CancelRequested);
        else
            test.End(job.Id, step == Step.FailOldest ? new JobFailedException("told to") : null);
        var ended = await test.EndedAsync(job.Id);
        Assert.Equal(step switch { Step.EndOldest => JobState.Finished, Step.FailOldest => JobState.Failed, _ => JobState.Cancelled }, ended.State);
    }

    /// <summary>Waits until every kind has one job running, or none waiting.</summary>
    private static async Task SettleAsync(TestQueue test)
    {
        foreach (var kind in new[] { "check", "import" })
        {
            if (test.Queue.List(JobState.Running, kind).Count == 0 && test.Queue.List(JobState.Waiting, kind) is [var next, ..])
                await test.ReachAsync(next.Id, JobState.Running);
        }
    }

    private static void AssertLawful(Dictionary<JobId, JobState> states, Job job)
    {
        var before = states.GetValueOrDefault(job.Id, JobState.Waiting);
        var twoSteps = Enum.GetValues<JobState>().Any(between => before.CanBecome(between) && between.CanBecome(job.State));
        Assert.True(job.State == before || before.CanBecome(job.State) || twoSteps, $"{before} became {job.State}");
        Assert.Equal(job.State.IsEnded(), job.Ended is not null);
        Assert.Equal(job.State == JobState.Failed, job.Error is not null);
        states[job.Id] = job.State;
    }

    private static (JobId, string, JobState, string?, DateTimeOffset?, int) Essence(Job job) => (job.Id, job.Kind, job.State, job.Error, job.Ended, job.Interruptions);
}
