using System.Globalization;
using System.Text;
using System.Text.Json;
using Agent.Api.OpenApi;
using Agent.Jobs;

namespace Agent.Api;

/// <summary><c>/ogrepository/v1/jobs</c>: long work.</summary>
public static class JobEndpoints
{
    /// <summary>Where jobs are, for those who are told of one.</summary>
    internal const string Root = "/ogrepository/v1/jobs";

    /// <summary>Maps the routes.</summary>
    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/jobs");
        jobs.MapGet("/", List)
            .WithSummary("Lists jobs in the order in which they were asked for.")
            .WithQuery("state", "string", "Only jobs in that state.", "WAITING", "RUNNING", "FINISHED", "FAILED", "CANCELLED")
            .WithQuery("kind", "string", "Only jobs of that kind.")
            .Produces<JobListResponse>();
        jobs.MapGet("/{id}", (string id, JobQueue queue) => One(Find(queue, id), queue))
            .WithSummary("Shows a job, with its result once it has finished.")
            .NamesJob()
            .Produces<OneJobResponse>();
        jobs.MapGet("/{id}/log", GetLog)
            .WithSummary("The end of the log of a job, starting on a line boundary.")
            .WithQuery("size", "integer", "Most of it that is given, in KiB; 1024 where not said.")
            .NamesJob()
            .Produces(StatusCodes.Status200OK, contentType: "text/plain");
        jobs.MapGet("/{id}/events", WatchAsync)
            .WithSummary("Server-sent events: the job as it is, and again after every change, until it has ended.")
            .NamesJob()
            .Produces<JobResponse>(StatusCodes.Status200OK, "text/event-stream");
        jobs.MapDelete("/{id}", Delete)
            .WithSummary("Cancels a job that waits or runs, and forgets one that has ended.")
            .NamesJob()
            .Produces<DoneResponse>();
    }

    private static RouteHandlerBuilder NamesJob(this RouteHandlerBuilder route) =>
        route.WithPathPart("id", "The id of the job.").Refuses(StatusCodes.Status400BadRequest, "job_not_found");

    /// <summary>The answer for one job, with its result.</summary>
    public static IResult One(Job job, JobQueue queue, int status = StatusCodes.Status200OK) =>
        TypedResults.Json(OneJobResponse.Of(job, queue.ReadResult(job.Id)), ApiJson.Readable.OneJobResponse, statusCode: status);

    private static IResult List(JobQueue queue, string? state = null, string? kind = null)
    {
        JobState? wanted = null;
        if (state is not null)
        {
            wanted = Enum.TryParse<JobState>(state, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed) && !char.IsDigit(state[0])
                ? parsed
                : throw new ApiException("parameter_invalid", $"state \"{state}\" is not known: give WAITING, RUNNING, FINISHED, FAILED or CANCELLED.");
        }
        return TypedResults.Json(new JobListResponse(true, [.. queue.List(wanted, kind).Select(JobResponse.Of)]), ApiJson.Readable.JobListResponse);
    }

    private static IResult GetLog(string id, JobQueue queue, string? size = null)
    {
        var kibibytes = 1024;
        if (size is not null && !int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out kibibytes))
            throw new ApiException("parameter_invalid", $"size \"{size}\" is not a number of KiB.");
        return TypedResults.Bytes(queue.TailLog(Find(queue, id).Id, kibibytes) ?? throw Unknown(id), "text/plain; charset=utf-8");
    }

    private static IResult Delete(string id, JobQueue queue)
    {
        var job = Find(queue, id);
        var done = queue.CancelOrRemove(job.Id) switch
        {
            JobDeletion.Cancelled => $"Job {id} was cancelled before it began.",
            JobDeletion.CancelRequested => $"Job {id} was told to end.",
            JobDeletion.Removed => $"Job {id} is forgotten.",
            _ => throw Unknown(id),
        };
        return DoneResponse.Result(done);
    }

    /// <summary>Server-sent events: the job as it is, and again after every change, until it has ended.</summary>
    private static async Task WatchAsync(string id, HttpContext context, JobQueue queue)
    {
        var job = Find(queue, id);
        using var ending = Waiting.Ending(context);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            await foreach (var change in queue.Watch(job.Id, ending.Token))
            {
                var json = JsonSerializer.Serialize(JobResponse.Of(change), ApiJson.Readable.JobResponse);
                await context.Response.WriteAsync($"id: {change.Revision}\nevent: job\ndata: {json}\n\n", Encoding.UTF8, ending.Token);
                await context.Response.Body.FlushAsync(ending.Token);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The client left, or the agent stops.
        }
    }

    private static Job Find(JobQueue queue, string id) =>
        JobId.TryParse(id, out var parsed) && queue.Find(parsed) is { } job ? job : throw Unknown(id);

    private static ApiException Unknown(string id) => new("job_not_found", $"There is no job \"{id}\". GET /ogrepository/v1/jobs lists them.");
}
