using System.Collections.Concurrent;
using System.Diagnostics;

namespace Agent.Jobs;

/// <summary>
/// All jobs, in memory and on disk. A change is written first and seen afterwards; readers never wait for a disk.
/// </summary>
internal sealed partial class JobTable(JobStore store, JobEvents events, TimeProvider time, ILogger logger)
{
    /// <summary>Progress is told to listeners this often at most; those who ask get it exactly.</summary>
    private static readonly TimeSpan Telling = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<JobId, JobEntry> _entries = new();

    /// <summary>In the order in which they were asked for.</summary>
    public IEnumerable<JobEntry> Entries => _entries.Values.OrderBy(entry => entry.Id);

    public JobEntry? Find(JobId id) => _entries.GetValueOrDefault(id);

    /// <summary>Takes a job that is on disk already.</summary>
    public JobEntry Take(Job job)
    {
        var entry = new JobEntry(job);
        if (job.State.IsEnded())
            entry.Ended.TrySetResult();
        _entries[job.Id] = entry;
        return entry;
    }

    /// <summary>Makes a new job that waits.</summary>
    /// <exception cref="IOException">It cannot be written, and there is no such job.</exception>
    public JobEntry Create(string kind, string parameters)
    {
        var now = time.GetUtcNow();
        var id = store.Create(now);
        var job = new Job { Id = id, Kind = kind, Parameters = parameters, Created = now };
        try
        {
            store.Save(job);
        }
        catch
        {
            TryDelete(id);
            throw;
        }
        var entry = Take(job);
        events.Publish(new JobChange(job, IsRemoved: false));
        return entry;
    }

    /// <summary>Brings a job from one state into another; false where it is not in the first one any more.</summary>
    /// <exception cref="IOException">
    /// That the job runs cannot be written: it does not. Every other change is a fact already and is seen even if it cannot be written; the next
    /// start then judges by what is on disk.
    /// </exception>
    public bool TryMove(JobEntry entry, JobState from, JobState to, Func<Job, Job> edit)
    {
        Debug.Assert(from.CanBecome(to));
        lock (entry.Gate)
        {
            if (entry.IsRemoved || entry.Job.State != from)
                return false;
            Replace(entry, edit(entry.Job) with { State = to, Ended = to.IsEnded() ? time.GetUtcNow() : null }, tolerant: to != JobState.Running);
        }
        if (to.IsEnded())
            entry.Ended.TrySetResult();
        return true;
    }

    /// <summary>Notes that the end of a running job was asked for, so that even a crash does not make it begin again. False where it does not run.</summary>
    public bool TryRequestCancel(JobEntry entry)
    {
        lock (entry.Gate)
        {
            if (entry.Job.State != JobState.Running)
                return false;
            if (!entry.Job.CancelRequested)
                Replace(entry, entry.Job with { CancelRequested = true }, tolerant: true);
            _ = entry.Cancellation?.CancelAsync();
            return true;
        }
    }

    public void Report(JobEntry entry, long bytesDone, long? bytesTotal)
    {
        entry.Meter?.Report(bytesDone, bytesTotal);
        if (time.GetElapsedTime(entry.LastTold) < Telling)
            return;
        lock (entry.Gate)
        {
            if (entry.Job.State != JobState.Running)
                return;
            entry.LastTold = time.GetTimestamp();
            Show(entry, entry.Job);
        }
    }

    /// <summary>Removes an ended job; false where it has not ended or is gone.</summary>
    /// <exception cref="IOException">It cannot be removed from the disk, and stays.</exception>
    public bool TryRemove(JobEntry entry)
    {
        lock (entry.Gate)
        {
            if (entry.IsRemoved || !entry.Job.State.IsEnded())
                return false;
            store.Delete(entry.Id);
            entry.IsRemoved = true;
            _entries.TryRemove(entry.Id, out _);
            events.Publish(new JobChange(entry.Job, IsRemoved: true));
            return true;
        }
    }

    private void Replace(JobEntry entry, Job job, bool tolerant)
    {
        try
        {
            store.Save(job with { Revision = job.Revision + 1 });
        }
        catch (Exception e) when (tolerant && e is IOException or UnauthorizedAccessException)
        {
            LogNotWritten(job.Id, job.State, e);
        }
        Show(entry, job);
    }

    private void Show(JobEntry entry, Job job)
    {
        var next = job with { Revision = job.Revision + 1 };
        entry.Job = next;
        events.Publish(new JobChange(next, IsRemoved: false));
    }

    private void TryDelete(JobId id)
    {
        try
        {
            store.Delete(id);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without its record the directory is no job; the next start removes it.
        }
    }

    [LoggerMessage(4001, LogLevel.Error, "Job {Job} is {State}, but that could not be written; the next start will judge by what is on disk")]
    private partial void LogNotWritten(JobId job, JobState state, Exception exception);
}
