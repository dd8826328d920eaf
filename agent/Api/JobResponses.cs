using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Agent.Jobs;

namespace Agent.Api;

/// <summary>One job.</summary>
public record JobResponse
{
    /// <summary>By which it is asked for and cancelled.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of work it is.</summary>
    public required string Kind { get; init; }

    /// <summary><c>WAITING</c>, <c>RUNNING</c>, <c>FINISHED</c>, <c>FAILED</c> or <c>CANCELLED</c>.</summary>
    [AllowedValues("WAITING", "RUNNING", "FINISHED", "FAILED", "CANCELLED")]
    public required string State { get; init; }

    /// <summary>What exactly is to be done.</summary>
    public required JsonElement Parameters { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When work on it last began.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>How far it is.</summary>
    public JobProgress? Progress { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>What came of it.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>The answer for a job, without its result.</summary>
    public static JobResponse Of(Job job) => new()
    {
        Id = job.Id.ToString(),
        Kind = job.Kind,
        State = job.State.ToString().ToUpperInvariant(),
        Parameters = Parse(job.Parameters),
        Created = job.Created,
        Started = job.Started,
        Ended = job.Ended,
        Progress = job.Progress,
        Error = job.Error,
    };

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}

/// <summary>A job beside <c>success</c>.</summary>
public sealed record OneJobResponse : JobResponse
{
    [SetsRequiredMembers]
    private OneJobResponse(JobResponse job)
        : base(job)
    {
    }

    /// <summary>Always true: the question was answered, whatever became of the job.</summary>
    [JsonPropertyOrder(-1)]
    public bool Success { get; } = true;

    /// <summary>The answer for a job.</summary>
    public static OneJobResponse Of(Job job, byte[]? result)
    {
        if (result is null)
            return new OneJobResponse(JobResponse.Of(job));
        using var document = JsonDocument.Parse(result);
        return new OneJobResponse(JobResponse.Of(job) with { Result = document.RootElement.Clone() });
    }
}

/// <summary>Several jobs, in the order in which they were asked for.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Jobs">The jobs.</param>
public sealed record JobListResponse(bool Success, IReadOnlyList<JobResponse> Jobs);
