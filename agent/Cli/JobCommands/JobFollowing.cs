using System.Text;
using System.Text.Json.Serialization.Metadata;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.JobCommands;

/// <summary>Waits for jobs, and shows how far they are.</summary>
internal static class JobFollowing
{
    /// <summary>Waits until a job has ended, in whatever way.</summary>
    /// <returns>The agent's last answer about it.</returns>
    public static async Task<AgentAnswer> UntilEndAsync(AgentSession session, string id, CancellationToken cancellation)
    {
        var path = ApiPath.Of("jobs", id);
        try
        {
            return await ProgressView.ShowAsync(session.IsJson, progress => new Follower(session.Agent, TimeProvider.System).UntilAsync(
                path, ApiJson.Readable.JobResponse, job => Look(job, progress), cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Output.Tell($"Job {id} goes on: \"ogrepo-agent jobs watch {id}\" shows it, \"ogrepo-agent jobs cancel {id}\" ends it.");
            throw;
        }
    }

    /// <summary>Asks for work that the agent does as a job, and waits for its end.</summary>
    /// <inheritdoc cref="FinishAsync"/>
    public static async Task<AgentAnswer> RunAsync<T>(AgentSession session, string route, T request, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        await FinishAsync(session, await AskAsync(session, route, request, type, cancellation), cancellation);

    /// <summary>Asks for something to be done, without waiting for it where that takes long.</summary>
    public static Task<AgentAnswer> AskAsync<T>(AgentSession session, string route, T request, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        session.Agent.SendAsync(HttpMethod.Post, ApiPath.Of(route), request, type, cancellation, prefer: "respond-async");

    /// <summary>What the agent would have answered if it had been waited for: the result of a finished job.</summary>
    public static AgentAnswer ResultOf(AgentAnswer job) =>
        job.Read(ApiJson.Readable.JobResponse).Result is { } result ? job with { Body = Encoding.UTF8.GetBytes(result.GetRawText()) } : job;

    /// <summary>Waits for the job that the agent has answered with.</summary>
    /// <returns>The agent's last answer about the job.</returns>
    /// <exception cref="CommandException">The job failed, or was cancelled.</exception>
    public static async Task<AgentAnswer> FinishAsync(AgentSession session, AgentAnswer accepted, CancellationToken cancellation)
    {
        var ended = await UntilEndAsync(session, accepted.Read(ApiJson.Readable.JobResponse).Id, cancellation);
        return ended.Read(ApiJson.Readable.JobResponse) is { State: not "FINISHED" } job
            ? throw new CommandException($"Job {job.Id} ({job.Kind}) {(job.State == "FAILED" ? $"failed: {job.Error}" : "was cancelled.")}", ExitCode.No)
            : ended;
    }

    private static bool Look(JobResponse job, IProgress<ProgressStep> progress)
    {
        progress.Report(JobText.Step(job));
        return JobText.HasEnded(job);
    }
}
