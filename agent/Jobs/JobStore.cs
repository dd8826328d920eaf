using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Agent.Common;

namespace Agent.Jobs;

/// <summary>
/// Keeps every job in a directory of its own: <c>job.json</c>, <c>log</c>, <c>result.json</c>, readable by the agent alone. A directory is a job
/// from the moment <c>job.json</c> stands in it until the moment it is gone.
/// </summary>
internal sealed class JobStore(string directory)
{
    /// <summary>Parameters may be up to 256 Ki characters of several bytes each.</summary>
    private const int MaximumRecord = 4 << 20;

    private readonly Lock _lock = new();
    private JobId _last;

    /// <summary>Makes the directory of a new job, with an id greater than all before.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public JobId Create(DateTimeOffset now)
    {
        JobId id;
        lock (_lock)
            _last = id = JobId.After(_last, now);
        Directory.CreateDirectory(Folder(id));
        AtomicFile.FlushDirectory(directory);
        return id;
    }

    /// <summary>Writes the state of a job, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written; the old state stands.</exception>
    public void Save(Job job) =>
        AtomicFile.Write(RecordPath(job.Id), JsonSerializer.SerializeToUtf8Bytes(JobDocument.Of(job), JobJson.Default.JobDocument), AtomicFile.Secret);

    public void SaveResult(JobId id, ReadOnlySpan<byte> json) => AtomicFile.Write(ResultPath(id), json, AtomicFile.Secret);

    public void DeleteResult(JobId id) => File.Delete(ResultPath(id));

    /// <summary>The result, or null where there is none.</summary>
    public byte[]? ReadResult(JobId id)
    {
        try
        {
            return File.ReadAllBytes(ResultPath(id));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public string LogPath(JobId id) => Path.Combine(Folder(id), "log");

    /// <summary>Removes a job. Its record goes first: after a crash the rest is no job any more, and the next start removes it.</summary>
    public void Delete(JobId id)
    {
        try
        {
            File.Delete(RecordPath(id));
            Directory.Delete(Folder(id), recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody was faster, and that is as well.
        }
    }

    /// <summary>
    /// All jobs on disk, oldest first. A record that cannot be read gives a failed job that says so; what a crash left behind of
    /// jobs and files that never came to be is removed.
    /// </summary>
    public List<Job> Load()
    {
        Directory.CreateDirectory(directory);
        var jobs = new List<Job>();
        foreach (var path in Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal))
        {
            if (!JobId.TryParse(Path.GetFileName(path), out var id))
                continue;
            _last = id > _last ? id : _last;
            RemoveLeftovers(path);
            if (TryRead(id, out var job))
                jobs.Add(job);
            else
                Directory.Delete(path, recursive: true);
        }
        return jobs;
    }

    private static void RemoveLeftovers(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder).Where(path => AtomicFile.IsLeftover(Path.GetFileName(path))))
            File.Delete(path);
    }

    private bool TryRead(JobId id, [NotNullWhen(true)] out Job? job)
    {
        try
        {
            using var file = File.OpenRead(RecordPath(id));
            if (file.Length > MaximumRecord)
                throw new JsonException($"it is longer than {Sizes.Format(MaximumRecord)}");
            job = (JsonSerializer.Deserialize(file, JobJson.Default.JobDocument) ?? throw new JsonException("it is null")).ToJob(id);
        }
        catch (Exception e) when (e is FileNotFoundException)
        {
            job = null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            job = Unreadable(id, e.Message);
        }
        return job is not null;
    }

    private static Job Unreadable(JobId id, string reason) => new()
    {
        Id = id,
        Kind = "unknown",
        Parameters = "null",
        State = JobState.Failed,
        Created = id.Time,
        Ended = id.Time,
        Error = $"what was written about this job cannot be read: {reason}",
    };

    private string Folder(JobId id) => Path.Combine(directory, id.ToString());

    private string RecordPath(JobId id) => Path.Combine(Folder(id), "job.json");

    private string ResultPath(JobId id) => Path.Combine(Folder(id), "result.json");
}
