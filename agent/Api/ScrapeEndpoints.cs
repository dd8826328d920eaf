using System.Buffers;
using Agent.Api.OpenApi;
using Agent.Common;
using Agent.Cvmfs.Scraping;
using Microsoft.Extensions.Primitives;

namespace Agent.Api;

/// <summary><c>/ogrepository/v1/scrape</c>: how servers of CernVM-FS are doing, other agents among them.</summary>
public static class ScrapeEndpoints
{
    private const string Prometheus = "prometheus";
    private const string Json = "json";

    /// <summary>Maps the route.</summary>
    public static void MapScrape(this IEndpointRouteBuilder routes) => routes.MapGet("/scrape", ScrapeAsync)
        .WithSummary("Scrapes servers of CernVM-FS at once, compares copies with what they are copies of, and judges.")
        .WithQuery("stratum0", "string", "A server of own repositories, HOST or HOST:PORT. May be given several times, as may the next four.")
        .WithQuery("stratum1", "string", "A server of copies.")
        .WithQuery("repo", "string", "A repository that is looked at even where a stratum 1 does not list it.")
        .WithQuery("ignore_repo", "string", "A repository that is not looked at.")
        .WithQuery("geo_name", "string", "A server for the GeoAPI to put in order; three public ones where not said.")
        .WithQuery("geo_order", "string", "The order that is expected, as numbers: 2,1,3.")
        .WithQuery("time_limit", "string", "How long a server may take; 10s where not said.")
        .WithQuery("stale_after", "string", "How long a copy may be out of step; 24h where not said.")
        .WithQuery("master_key", "string", "A public master key that signatures are verified by: PEM, or only the base 64 of it, also as for URLs. May be given several times.")
        .WithQuery("format", "string", "How the answer is written.", Json, Prometheus)
        .Produces<ScrapeResponse>();

    private static async Task<IResult> ScrapeAsync(HttpContext context, TimeProvider time)
    {
        var query = context.Request.Query;
        var format = (string?)query["format"] ?? Json;
        if (format is not Json and not Prometheus)
            throw new ApiException("parameter_invalid", $"format \"{format}\" is neither {Json} nor {Prometheus}.");
        ScrapeRequest request;
        try
        {
            request = new ScrapeArguments
            {
                Stratum0 = All(query["stratum0"]),
                Stratum1 = All(query["stratum1"]),
                Forced = All(query["repo"]),
                Ignored = All(query["ignore_repo"]),
                GeoNames = All(query["geo_name"]),
                GeoOrder = query["geo_order"],
                TimeLimit = query["time_limit"],
                StaleAfter = query["stale_after"],
                MasterKeys = All(query["master_key"]),
            }.Check();
        }
        catch (FormatException e)
        {
            throw new ApiException("parameter_invalid", e.Message);
        }
        var servers = await Scraper.RunAsync(request, time, context.RequestAborted);
        return format == Json ? TypedResults.Json(ScrapeResponse.Of(servers), ApiJson.Readable.ScrapeResponse) : Text(servers);
    }

    private static IResult Text(IReadOnlyList<ScrapedServer> servers)
    {
        var page = new ArrayBufferWriter<byte>();
        FleetMetrics.Write(new PrometheusText(page), servers);
        return TypedResults.Bytes(page.WrittenMemory, PrometheusText.ContentType);
    }

    private static string[] All(StringValues values) => [.. values.OfType<string>()];
}

/// <summary>Answer of <c>GET /scrape</c>.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Verdict">The worst verdict of all servers: <c>ok</c>, <c>behind</c>, <c>stale</c>, <c>broken</c>.</param>
/// <param name="Servers">The servers, by name.</param>
public sealed record ScrapeResponse(bool Success, string Verdict, IReadOnlyList<ScrapedServer> Servers)
{
    /// <summary>The answer for some servers.</summary>
    public static ScrapeResponse Of(IReadOnlyList<ScrapedServer> servers) => new(true, Verdicts.Worst(servers.Select(server => server.Verdict)), servers);
}
