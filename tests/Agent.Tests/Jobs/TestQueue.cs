using System.Text;
using System.Text.Json.Serialization;
using Agent.Jobs;
using Agent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tests.Jobs;

/// <summary>A queue over a directory, with kinds whose executors do what the test tells them.</summary>
internal sealed class TestQueue
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Dictionary<JobId, TaskCompletionSource> _ends = [];

    public TestQueue(string directory, ManualTime time, JobQueueOptions? options = null)
    {
        Queue = new JobQueue(directory, options ?? new JobQueueOptions(), time, NullLogger<JobQueue>.Instance);
        Queue.Register(new JobKind("check", WorkAsync));
        Queue.Register(new JobKind("import", WorkAsync) { CanResume = true });
        Queue.Register(new JobKind("pair", WorkAsync) { Parallelism = 2 });
        Queue.Register(new JobKind("quick", QuickAsync) { Parallelism = 4 });
    }

    public JobQueue Queue { get; }

    /// <summary>What "quick" jobs do.</summary>
    public JobExecutor Quick { get; set; } = (_, _) => Task.CompletedTask;

    public static async Task<TestQueue> StartAsync(string directory, ManualTime time, JobQueueOptions? options = null)
    {
        var queue = new TestQueue(directory, time, options);
        await queue.Queue.StartAsync(default);
        return queue;
    }

    public Task StopAsync() => Queue.StopAsync(new CancellationTokenSource(Patience).Token);

    public Job Enqueue(string kind, string parameters = "{}") => Queue.Enqueue(kind, parameters);

    public string Log(JobId id) => Encoding.UTF8.GetString(Queue.TailLog(id)!);

    /// <summary>Lets the executor of a job return, or throw.</summary>
    public void End(JobId id, Exception? exception = null)
    {
        if (exception is null)
            EndOf(id).TrySetResult();
        else
            EndOf(id).TrySetException(exception);
    }

    /// <summary>Waits until the job is in that state.</summary>
    public async Task<Job> ReachAsync(JobId id, JobState state)
    {
        using var patience = new CancellationTokenSource(Patience);
        await foreach (var job in Queue.Watch(id, patience.Token))
        {
            if (job.State == state)
                return job;
        }
        throw new InvalidOperationException($"job {id} ended as {Queue.Find(id)} and was never {state}");
    }

    public async Task<Job> EndedAsync(JobId id) => (await Queue.WaitAsync(id, new CancellationTokenSource(Patience).Token))!;

    public async Task<Job> RunAsync(JobExecutor work, string parameters = "{}")
    {
        Quick = work;
        return await EndedAsync(Enqueue("quick", parameters).Id);
    }

    private Task QuickAsync(JobContext job, CancellationToken cancellation) => Quick(job, cancellation);

    private async Task WorkAsync(JobContext job, CancellationToken cancellation)
    {
        job.Log($"working on {job.Job.Parameters}");
        await EndOf(job.Job.Id).Task.WaitAsync(cancellation);
        job.SetResult(42, TestJson.Default.Int32);
    }

    private TaskCompletionSource EndOf(JobId id)
    {
        lock (_ends)
            return _ends.TryGetValue(id, out var end) ? end : _ends[id] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>For the results and parameters of the tests' jobs.</summary>
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(string))]
internal sealed partial class TestJson : JsonSerializerContext;
