using System.Text;
using Agent.Api;
using Agent.Api.OpenApi;
using Agent.Web.Live;

namespace Agent.Web;

/// <summary>The status page and the events it lives by. Both are public as torrents are; what needs the key, the page asks for with the key.</summary>
public static class PageEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps the routes.</summary>
    public static void MapPage(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/", Reading, StatusPage.Send)
            .WithSummary("The status page.")
            .Produces(StatusCodes.Status200OK, contentType: "text/html")
            .Produces(StatusCodes.Status304NotModified);
        routes.MapGet("/ogrepository/v1/events", SendEventsAsync)
            .WithSummary("Server-sent events: how the agent is doing, and again after changes, once a second at most, without end.")
            .Refuses(StatusCodes.Status503ServiceUnavailable, "too_many_listeners")
            .Produces<LiveResponse>(StatusCodes.Status200OK, "text/event-stream");
    }

    private static async Task SendEventsAsync(HttpContext context, LiveFeed feed)
    {
        using var listening = feed.TryListen() ?? throw new ApiException(
            "too_many_listeners", $"{LiveFeed.MostListeners} clients listen already; try again later.", StatusCodes.Status503ServiceUnavailable);
        using var ending = Waiting.Ending(context);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            await foreach (var state in listening.ReadAllAsync(ending.Token))
            {
                // A comment keeps the connection alive, and finds out whether there still is one.
                await context.Response.WriteAsync(state is null ? ":\n\n" : $"event: status\ndata: {state}\n\n", Encoding.UTF8, ending.Token);
                await context.Response.Body.FlushAsync(ending.Token);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The client left, or the agent stops.
        }
    }
}
