using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Agent.Jobs;

/// <summary>What an executor gets: the job's parameters, and where log, progress and result go. Any thread may use it.</summary>
public sealed class JobContext
{
    private readonly JobLog _log;
    private readonly JobStore _store;
    private readonly Action<long, long?> _report;

    internal JobContext(Job job, JobLog log, JobStore store, Action<long, long?> report) =>
        (Job, _log, _store, _report) = (job, log, store, report);

    /// <summary>The job as it was when it began to run.</summary>
    public Job Job { get; }

    /// <summary>Reads the parameters.</summary>
    /// <exception cref="JobFailedException">They are not of this type.</exception>
    public T Parameters<T>(JsonTypeInfo<T> type)
        where T : notnull
    {
        try
        {
            return JsonSerializer.Deserialize(Job.Parameters, type) ?? throw new JobFailedException("the parameters are null");
        }
        catch (JsonException e)
        {
            throw new JobFailedException($"the parameters cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Adds lines to the job's log.</summary>
    public void Log(string text) => _log.Write(text);

    /// <summary>Says how far the work is, as often as is convenient.</summary>
    /// <param name="bytesDone">Bytes worked off.</param>
    /// <param name="bytesTotal">Bytes in all, or null while that is not known.</param>
    public void Report(long bytesDone, long? bytesTotal = null) => _report(bytesDone, bytesTotal);

    /// <summary>Keeps the result, before the job is finished; the last one counts.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void SetResult<T>(T result, JsonTypeInfo<T> type) => _store.SaveResult(Job.Id, JsonSerializer.SerializeToUtf8Bytes(result, type));
}
