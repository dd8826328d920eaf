using Agent.Jobs;

namespace Agent.Tests.Jobs;

/// <summary>What becomes of jobs when the agent dies, or stops, and starts again.</summary>
public sealed class JobRecoveryTests : IAsyncLifetime
{
    private static readonly JobKind Deaf = new("deaf", (_, _) => new TaskCompletionSource().Task) { CanResume = true };

    private TestAgent _agent = null!;

    private TestQueue Present => _agent.Present;

    public async Task InitializeAsync() => _agent = await TestAgent.StartAsync(Deaf);

    public async Task DisposeAsync() => await _agent.DisposeAsync();

    [Fact]
    public async Task A_job_that_waited_runs_after_a_crash()
    {
        await RunningAsync("check");
        var waiting = Present.Enqueue("check", "[1]").Id;

        await _agent.CrashAsync();
        Present.End(waiting);

        var job = await Present.EndedAsync(waiting);
        Assert.Equal((JobState.Finished, "[1]", 0), (job.State, job.Parameters, job.Interruptions));
        Assert.True(Present.Enqueue("check").Id > waiting);
    }

    [Fact]
    public async Task A_job_that_ran_in_a_crash_fails_truthfully_where_it_cannot_be_resumed()
    {
        var id = await RunningAsync("check");

        await _agent.CrashAsync();

        var job = Present.Queue.Find(id)!;
        Assert.Equal((JobState.Failed, "the agent stopped while this job ran"), (job.State, job.Error));
        Assert.NotNull(job.Ended);
        Assert.EndsWith("Z Failed: the agent stopped while this job ran\n", Present.Log(id));
        await _agent.CrashAsync();
        Assert.Equal(job, Present.Queue.Find(id));
    }

    [Fact]
    public async Task A_job_that_ran_in_a_crash_is_taken_up_again_where_it_can_be()
    {
        var id = await RunningAsync("import");

        await _agent.CrashAsync();
        Present.End(id);

        var job = await Present.EndedAsync(id);
        Assert.Equal((JobState.Finished, 1), (job.State, job.Interruptions));
        Assert.Contains("Z Waiting: the agent stopped while this job ran\n", Present.Log(id));
    }

    [Fact]
    public async Task A_job_that_perhaps_kills_the_agent_is_given_up_in_the_end()
    {
        var id = await RunningAsync("import");
        for (var crash = 0; crash < 5; crash++)
        {
            await _agent.CrashAsync();
            await Present.ReachAsync(id, JobState.Running);
        }

        await _agent.CrashAsync();

        var job = Present.Queue.Find(id)!;
        Assert.Equal((JobState.Failed, "the agent stopped while this job ran, 6 times; given up"), (job.State, job.Error));
    }

    [Fact]
    public async Task A_job_whose_end_was_asked_for_before_the_crash_is_not_taken_up()
    {
        var id = await RunningAsync("deaf");
        Present.Queue.CancelOrRemove(id);

        await _agent.CrashAsync();

        Assert.Equal(JobState.Cancelled, Present.Queue.Find(id)!.State);
    }

    [Fact]
    public async Task When_the_agent_stops_in_order_jobs_are_put_back_or_fail_at_once()
    {
        var check = await RunningAsync("check");
        var import = await RunningAsync("import");
        var before = Present.Queue;

        await _agent.RestartAsync();

        Assert.Equal((JobState.Failed, "the agent stopped while this job ran"), (before.Find(check)!.State, before.Find(check)!.Error));
        Assert.Equal(JobState.Waiting, before.Find(import)!.State);
        Assert.Equal(0, (await Present.ReachAsync(import, JobState.Running)).Interruptions);
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_ever_for_a_job_that_does_not_listen()
    {
        var id = await RunningAsync("deaf");

        await Present.Queue.StopAsync(new CancellationToken(canceled: true));

        Assert.Equal(JobState.Running, Present.Queue.Find(id)!.State);
        await _agent.CrashAsync();
        Assert.Equal("the agent stopped while this job ran, and this agent knows no jobs of kind \"deaf\"", Present.Queue.Find(id)!.Error);
    }

    [Fact]
    public async Task A_waiting_job_of_an_unknown_kind_fails()
    {
        await RunningAsync("deaf");
        var id = Present.Enqueue("deaf").Id;

        await _agent.CrashAsync();

        var job = Present.Queue.Find(id)!;
        Assert.Equal((JobState.Failed, "this agent knows no jobs of kind \"deaf\""), (job.State, job.Error));
    }

    [Fact]
    public async Task The_result_of_an_interrupted_attempt_does_not_outlive_it()
    {
        var id = await RunningAsync("import");
        _agent.Write($"{id}/result.json", "\"half\"");

        await _agent.CrashAsync();
        await Present.ReachAsync(id, JobState.Running);
        Present.End(id, new JobFailedException("no"));
        await Present.EndedAsync(id);

        Assert.Null(Present.Queue.ReadResult(id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"kind\": \"che")]
    [InlineData("null")]
    [InlineData("{\"kind\": null, \"state\": \"WAITING\", \"created\": \"2026-03-01T08:00:00+00:00\", \"parameters\": {}}")]
    [InlineData("{\"kind\": \"check\", \"state\": 77, \"created\": \"2026-03-01T08:00:00+00:00\", \"parameters\": {}}")]
    [InlineData("{\"kind\": \"check\", \"state\": \"WAITING\", \"parameters\": {}}")]
    public async Task A_torn_record_gives_a_failed_job_that_can_be_removed(string record)
    {
        var id = await RunningAsync("check");

        await _agent.RestartAsync(() => _agent.Write($"{id}/job.json", record));

        var job = Assert.Single(Present.Queue.List());
        Assert.Equal((id, JobState.Failed, "unknown"), (job.Id, job.State, job.Kind));
        Assert.StartsWith("what was written about this job cannot be read: ", job.Error);
        Assert.Equal(JobDeletion.Removed, Present.Queue.CancelOrRemove(id));
        Assert.Empty(Directory.GetDirectories(_agent.Jobs));
    }

    [Fact]
    public async Task What_a_crash_leaves_between_two_writes_is_removed_and_foreign_files_stay()
    {
        var id = await RunningAsync("check");
        var leftover = _agent.Write($"{id}/.0123.ogrepo-tmp", "half a record");
        var removed = _agent.Write("01jq5v7k0/log", "of a job that was being removed");
        var readme = _agent.Write("readme.txt", "by the administrator");
        var lost = _agent.Write("lost+found/x", "by the file system");

        await _agent.RestartAsync();

        Assert.Equal([id], Present.Queue.List().Select(job => job.Id));
        Assert.False(File.Exists(leftover));
        Assert.False(Directory.Exists(Path.GetDirectoryName(removed)));
        Assert.True(File.Exists(readme) && File.Exists(lost));
    }

    [Fact]
    public async Task Every_cut_of_a_record_is_survived()
    {
        var id = await RunningAsync("import", """{"a":[1,"é"]}""");
        await _agent.RestartAsync();
        var record = File.ReadAllBytes(Path.Combine(_agent.Jobs, id.ToString(), "job.json"));

        for (var length = 0; length < record.Length; length += 7)
        {
            await _agent.RestartAsync(() => _agent.Write($"{id}/job.json", record[..length]));
            Assert.Equal(JobState.Failed, Present.Queue.Find(id)!.State);
        }
        await _agent.RestartAsync(() => _agent.Write($"{id}/job.json", record));

        Assert.Equal("""{"a":[1,"é"]}""", Present.Queue.Find(id)!.Parameters);
    }

    [Fact]
    public async Task Parameters_come_back_as_they_were_written_even_where_dotnet_has_no_string_for_them()
    {
        const string Parameters = """{"half":"\uD800", "big": 1e999, "twice": 1, "twice": 2 }""";
        var id = await RunningAsync("check", Parameters);

        await _agent.CrashAsync();

        Assert.Equal(Parameters, Present.Queue.Find(id)!.Parameters);
        Assert.Contains(Parameters, File.ReadAllText(Path.Combine(_agent.Jobs, id.ToString(), "job.json")));
    }

    private async Task<JobId> RunningAsync(string kind, string parameters = "{}")
    {
        var id = Present.Enqueue(kind, parameters).Id;
        await Present.ReachAsync(id, JobState.Running);
        return id;
    }
}
