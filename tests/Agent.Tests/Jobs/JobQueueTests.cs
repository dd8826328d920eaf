using System.Text;
using Agent.Jobs;
using Agent.Tests.Support;

namespace Agent.Tests.Jobs;

public sealed class JobQueueTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new();
    private TestQueue _test = null!;

    public async Task InitializeAsync() => _test = await TestQueue.StartAsync(_directory["jobs"], _time);

    public Task DisposeAsync() => _test.StopAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_job_runs_and_leaves_result_and_log()
    {
        var asked = _test.Enqueue("check", """{"image":"aula.img"}""");
        _time.Advance(TimeSpan.FromSeconds(1));
        _test.End(asked.Id);
        var job = await _test.EndedAsync(asked.Id);

        Assert.Equal(JobState.Finished, job.State);
        Assert.Equal("""{"image":"aula.img"}""", job.Parameters);
        Assert.Equal(asked.Created.AddSeconds(1), job.Ended);
        Assert.Equal("42", Encoding.UTF8.GetString(_test.Queue.ReadResult(job.Id)!));
        Assert.Contains("Z working on {\"image\":\"aula.img\"}\n", _test.Log(job.Id));
        Assert.EndsWith("Z Finished\n", _test.Log(job.Id));
    }

    [Fact]
    public void A_job_is_on_disk_when_it_is_promised()
    {
        var job = _test.Enqueue("check");

        Assert.Contains("\"kind\": \"check\"", File.ReadAllText(_directory[$"jobs/{job.Id}/job.json"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory[$"jobs/{job.Id}/job.json"]));
    }

    [Fact]
    public async Task Jobs_of_a_kind_run_in_order_and_no_more_at_once_than_it_allows()
    {
        var jobs = Enumerable.Range(0, 4).Select(_ => _test.Enqueue("pair").Id).ToList();
        await _test.ReachAsync(jobs[0], JobState.Running);
        await _test.ReachAsync(jobs[1], JobState.Running);

        Assert.Equal([jobs[2], jobs[3]], _test.Queue.List(JobState.Waiting).Select(job => job.Id));
        _test.End(jobs[1]);
        await _test.ReachAsync(jobs[2], JobState.Running);

        Assert.Equal(JobState.Waiting, _test.Queue.Find(jobs[3])!.State);
        Assert.Equal([jobs[0], jobs[2]], _test.Queue.List(JobState.Running).Select(job => job.Id));
    }

    [Fact]
    public async Task Kinds_do_not_wait_for_each_other()
    {
        _test.Enqueue("check");
        var other = _test.Enqueue("import");

        await _test.ReachAsync(other.Id, JobState.Running);
    }

    [Fact]
    public async Task A_job_that_fails_says_why()
    {
        var expected = await _test.RunAsync((_, _) => throw new JobFailedException("campus2 has no image aula.img"));
        var fault = await _test.RunAsync((_, _) => throw new InvalidOperationException(new string('x', 5000)));

        Assert.Equal((JobState.Failed, "campus2 has no image aula.img"), (expected.State, expected.Error));
        Assert.EndsWith("Z Failed: campus2 has no image aula.img\n", _test.Log(expected.Id));
        Assert.Equal((JobState.Failed, 2001), (fault.State, fault.Error!.Length));
    }

    [Fact]
    public async Task An_executor_that_cancels_itself_has_failed()
    {
        var job = await _test.RunAsync((_, _) => throw new OperationCanceledException("the server did not answer in time"));

        Assert.Equal((JobState.Failed, "the server did not answer in time"), (job.State, job.Error));
    }

    [Fact]
    public async Task A_waiting_job_that_is_cancelled_never_runs()
    {
        var first = _test.Enqueue("check");
        var second = _test.Enqueue("check");
        await _test.ReachAsync(first.Id, JobState.Running);

        Assert.Equal(JobDeletion.Cancelled, _test.Queue.CancelOrRemove(second.Id));
        _test.End(first.Id);
        await _test.EndedAsync(first.Id);

        Assert.Equal(JobState.Cancelled, (await _test.EndedAsync(second.Id)).State);
        Assert.Null(_test.Queue.Find(second.Id)!.Started);
    }

    [Fact]
    public async Task A_running_job_that_is_cancelled_ends_and_lets_the_next_one_run()
    {
        var first = _test.Enqueue("check");
        var second = _test.Enqueue("check");
        await _test.ReachAsync(first.Id, JobState.Running);

        Assert.Equal(JobDeletion.CancelRequested, _test.Queue.CancelOrRemove(first.Id));

        Assert.Equal(JobState.Cancelled, (await _test.EndedAsync(first.Id)).State);
        await _test.ReachAsync(second.Id, JobState.Running);
    }

    [Fact]
    public async Task A_cancelled_job_that_ends_its_work_all_the_same_has_finished()
    {
        var running = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        _test.Quick = (_, _) =>
        {
            running.SetResult();
            return end.Task;
        };
        var job = _test.Enqueue("quick");
        await running.Task;

        _test.Queue.CancelOrRemove(job.Id);
        Assert.True(_test.Queue.Find(job.Id)!.CancelRequested);
        end.SetResult();

        Assert.Equal(JobState.Finished, (await _test.EndedAsync(job.Id)).State);
    }

    [Fact]
    public async Task An_ended_job_is_removed_with_all_its_files()
    {
        var job = await _test.RunAsync((_, _) => Task.CompletedTask);

        Assert.Equal(JobDeletion.Removed, _test.Queue.CancelOrRemove(job.Id));

        Assert.Null(_test.Queue.Find(job.Id));
        Assert.Null(_test.Queue.TailLog(job.Id));
        Assert.False(Directory.Exists(_directory[$"jobs/{job.Id}"]));
        Assert.Equal(JobDeletion.NotFound, _test.Queue.CancelOrRemove(job.Id));
    }

    [Theory]
    [InlineData("dance", "{}", "there is no kind of job \"dance\"; known are check, import, pair, quick")]
    [InlineData("check", "{", "the parameters are not JSON: ")]
    public void What_cannot_be_a_job_is_refused(string kind, string parameters, string reason)
    {
        var error = Assert.Throws<JobRejectedException>(() => _test.Enqueue(kind, parameters));

        Assert.StartsWith(reason, error.Message);
        Assert.Empty(_test.Queue.List());
        Assert.Empty(Directory.GetFileSystemEntries(_directory["jobs"]));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_json() => Assert.Throws<JobRejectedException>(() => _test.Enqueue("check", "\"\ud800\""));

    [Fact]
    public void Parameters_are_bounded_in_length_and_depth()
    {
        Assert.Throws<JobRejectedException>(() => _test.Enqueue("check", $"\"{new string('x', 1 << 18)}\""));
        Assert.Throws<JobRejectedException>(() => _test.Enqueue("check", new string('[', 33) + new string(']', 33)));
        _test.Enqueue("check", new string('[', 32) + new string(']', 32));
    }

    [Fact]
    public async Task Too_many_waiting_jobs_are_refused()
    {
        var test = await TestQueue.StartAsync(_directory["few"], _time, new JobQueueOptions { MaximumWaiting = 2 });
        await test.ReachAsync(test.Enqueue("check").Id, JobState.Running);
        test.Enqueue("check");
        test.Enqueue("check");

        Assert.Throws<JobRejectedException>(() => test.Enqueue("check"));
        await test.StopAsync();
    }

    [Fact]
    public async Task A_list_can_be_filtered_by_state_and_kind()
    {
        var check = _test.Enqueue("check");
        var import = _test.Enqueue("import");
        var waiting = _test.Enqueue("check");
        await _test.ReachAsync(check.Id, JobState.Running);
        await _test.ReachAsync(import.Id, JobState.Running);

        Assert.Equal([check.Id, import.Id, waiting.Id], _test.Queue.List().Select(job => job.Id));
        Assert.Equal([check.Id, waiting.Id], _test.Queue.List(kind: "check").Select(job => job.Id));
        Assert.Equal([check.Id, import.Id], _test.Queue.List(JobState.Running).Select(job => job.Id));
        Assert.Equal([waiting.Id], _test.Queue.List(JobState.Waiting, "check").Select(job => job.Id));
    }

    [Fact]
    public async Task Progress_is_seen_while_the_job_runs_and_kept_when_it_has_ended()
    {
        var reported = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        _test.Quick = async (job, _) =>
        {
            job.Report(0, 1000);
            _time.Advance(TimeSpan.FromSeconds(2));
            job.Report(500, 1000);
            reported.SetResult();
            await end.Task;
        };
        var id = _test.Enqueue("quick").Id;
        await reported.Task;

        Assert.Equal(new JobProgress(500, 1000, 250, 2), _test.Queue.Find(id)!.Progress);
        end.SetResult();

        Assert.Equal(500, (await _test.EndedAsync(id)).Progress!.BytesDone);
        Assert.Contains("\"bytesDone\": 500", File.ReadAllText(_directory[$"jobs/{id}/job.json"]));
    }

    [Fact]
    public async Task A_watcher_sees_the_job_as_it_is_and_every_change_to_its_end()
    {
        var first = _test.Enqueue("check");
        var second = _test.Enqueue("check");
        await _test.ReachAsync(first.Id, JobState.Running);
        var states = new List<JobState>();

        await foreach (var job in _test.Queue.Watch(second.Id, default))
        {
            states.Add(job.State);
            _test.End(job.State == JobState.Waiting ? first.Id : second.Id);
        }

        Assert.Equal([JobState.Waiting, JobState.Running, JobState.Finished], states);
    }

    [Fact]
    public async Task A_watcher_of_all_jobs_sees_them_come_change_and_go()
    {
        var old = _test.Enqueue("check");
        await _test.ReachAsync(old.Id, JobState.Running);
        await using var changes = _test.Queue.Watch(default).GetAsyncEnumerator();
        var seen = new List<(JobId, JobState, bool)>();

        await Next();
        var job = _test.Enqueue("check");
        await Next();
        _test.Queue.CancelOrRemove(job.Id);
        await Next();
        _test.Queue.CancelOrRemove(job.Id);
        await Next();

        Assert.Equal([(old.Id, JobState.Running, false), (job.Id, JobState.Waiting, false), (job.Id, JobState.Cancelled, false), (job.Id, JobState.Cancelled, true)], seen);

        async Task Next()
        {
            await changes.MoveNextAsync();
            seen.Add((changes.Current.Job.Id, changes.Current.Job.State, changes.Current.IsRemoved));
        }
    }

    [Fact]
    public async Task A_slow_watcher_is_let_go_and_holds_nobody_up()
    {
        var first = _test.Enqueue("check");
        await using var changes = _test.Queue.Watch(default).GetAsyncEnumerator();
        await changes.MoveNextAsync();

        for (var number = 0; number < 200; number++)
            _test.Queue.CancelOrRemove(_test.Enqueue("check").Id);
        var seen = 0;
        while (await changes.MoveNextAsync())
            seen++;

        Assert.InRange(seen, 250, 256);
        _test.End(first.Id);
        await _test.EndedAsync(first.Id);
    }

    [Fact]
    public async Task Watchers_are_let_go_when_the_agent_stops()
    {
        var test = await TestQueue.StartAsync(_directory["other"], _time);
        await using var changes = test.Queue.Watch(default).GetAsyncEnumerator();
        var next = changes.MoveNextAsync();

        await test.StopAsync();

        Assert.False(await next);
        Assert.Throws<JobRejectedException>(() => test.Enqueue("check"));
    }

    [Fact]
    public async Task Old_jobs_are_pruned_by_age_and_number_but_never_one_that_has_not_ended()
    {
        var test = await TestQueue.StartAsync(_directory["few"], _time, new JobQueueOptions { KeepCount = 3, KeepFor = TimeSpan.FromDays(1) });
        var running = test.Enqueue("check");
        await test.ReachAsync(running.Id, JobState.Running);
        var ended = new List<JobId>();
        for (var number = 0; number < 5; number++)
            ended.Add((await test.RunAsync((_, _) => Task.CompletedTask)).Id);

        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal([running.Id, .. ended[2..]], test.Queue.List().Select(job => job.Id));
        _time.Advance(TimeSpan.FromHours(30));

        Assert.Equal([running.Id], test.Queue.List().Select(job => job.Id));
        Assert.Equal([_directory[$"few/{running.Id}"]], Directory.GetDirectories(_directory["few"]));
        await test.StopAsync();
    }

    [Fact]
    public async Task A_job_that_cannot_be_written_is_refused_and_leaves_nothing()
    {
        Directory.Delete(_directory["jobs"], recursive: true);
        _directory.Write("jobs", "a file where the directory should be");

        Assert.ThrowsAny<IOException>(() => _test.Enqueue("check"));

        Assert.Empty(_test.Queue.List());
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_job_whose_end_cannot_be_written_has_ended_all_the_same()
    {
        var job = await _test.RunAsync((running, _) =>
        {
            Directory.Delete(_directory[$"jobs/{running.Job.Id}"], recursive: true);
            return Task.CompletedTask;
        });

        Assert.Equal(JobState.Finished, job.State);
        Assert.Equal(JobDeletion.Removed, _test.Queue.CancelOrRemove(job.Id));
    }

    [Fact]
    public async Task Parameters_of_the_wrong_type_fail_the_job()
    {
        var job = await _test.RunAsync((running, _) => Task.FromResult(running.Parameters(TestJson.Default.Int32)), "\"text\"");
        var none = await _test.RunAsync((running, _) => Task.FromResult(running.Parameters(TestJson.Default.String)), "null");

        Assert.StartsWith("the parameters cannot be read: ", job.Error);
        Assert.Equal("the parameters are null", none.Error);
    }

    [Fact]
    public async Task Many_jobs_at_once_all_end_once()
    {
        var runs = 0;
        _test.Quick = async (_, _) =>
        {
            await Task.Yield();
            Interlocked.Increment(ref runs);
        };

        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Enumerable.Range(0, 25).Select(_ => _test.Enqueue("quick").Id).ToList())));
        var jobs = await Task.WhenAll(ids.SelectMany(some => some).Select(_test.EndedAsync));

        Assert.Equal(200, runs);
        Assert.Equal(200, jobs.Select(job => job.Id).Distinct().Count());
        Assert.All(jobs, job => Assert.Equal(JobState.Finished, job.State));
    }
}
