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

    /// <summary>Asks for work on an image that the agent does as a job, and waits for its end.</summary>
    /// <inheritdoc cref="FinishAsync"/>
    public static async Task<AgentAnswer> RunAsync(AgentSession session, string route, string image, CancellationToken cancellation) =>
        await FinishAsync(session, await AskAsync(session, route, image, cancellation), cancellation);

    /// <summary>Asks for something to be done with an image, without waiting for it where that takes long.</summary>
    public static Task<AgentAnswer> AskAsync(AgentSession session, string route, string image, CancellationToken cancellation) => session.Agent.SendAsync(
        HttpMethod.Post, ApiPath.Of(route), new ImageRequest(image), ApiJson.Readable.ImageRequest, cancellation, prefer: "respond-async");

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
