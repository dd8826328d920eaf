using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;
using Agent.Common;
using Agent.Cvmfs.Scraping;

namespace Agent.Cli;

/// <summary><c>ogrepo-agent scrape</c>: how servers of CernVM-FS are doing, without an agent or by one. Its exit code is the verdict.</summary>
internal static class ScrapeCommand
{
    /// <summary>Each of many servers may take as long as --time-limit says.</summary>
    private static readonly TimeSpan TimeToScrape = TimeSpan.FromMinutes(10);

    private static readonly Option<string[]> Stratum0 = Hosts("--stratum0", "Servers of own repositories.");
    private static readonly Option<string[]> Stratum1 = Hosts("--stratum1", "Servers of copies.");
    private static readonly Option<string[]> Forced = Names("--repo", "Looked at even where a stratum 1 does not list it, or it is ignored.");
    private static readonly Option<string[]> Ignored = Names("--ignore-repo", "Not looked at.");
    private static readonly Option<string[]> GeoNames = Hosts("--geo-name", "Servers for the GeoAPI to put in order. Default: three public ones.");
    private static readonly Option<string?> GeoOrder = new("--geo-order") { Description = "The order that is expected, as numbers. Default: 2,1,3.", HelpName = "N,N,N" };
    private static readonly Option<string?> TimeLimit = new("--time-limit") { Description = "How long a server may take. Default: 10s.", HelpName = "DURATION" };
    private static readonly Option<string?> StaleAfter = new("--stale-after") { Description = "How long a copy may be out of step. Default: 24h.", HelpName = "DURATION" };
    private static readonly Option<string[]> Verify = new("--verify") { Description = "Verify signatures by a public master key in PEM.", HelpName = "FILE" };
    private static readonly Option<bool> ByAgent = new("--by-agent") { Description = "Have the running agent do it, which may reach other servers than you; else no agent is asked." };
    private static readonly Option<bool> Prometheus = new("--prometheus") { Description = "Print metrics for Prometheus; with --by-agent the exit code tells only that it was answered." };

    public static Command Create(AgentClient client)
    {
        var command = new ExplainedCommand(
            "scrape", "Tells how servers of CernVM-FS are doing, and which copies are behind. Exit code: 0 ok, 1 behind, 2 stale, 3 broken; 2 also for wrong usage.",
            "scrape --stratum0 192.168.56.10:8006 --stratum1 192.168.60.10:8007", "scrape --stratum1 cvmfs.example.org --repo software.example.org --verify example.org.pub")
        {
            Stratum0, Stratum1, Forced, Ignored, GeoNames, GeoOrder, TimeLimit, StaleAfter, Verify, ByAgent, Prometheus,
        };
        client.AddTo(command);
        command.SetAction((parsed, cancellation) => RunAsync(parsed, client, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, AgentClient client, CancellationToken cancellation)
    {
        try
        {
            var arguments = Arguments(parsed);
            var request = arguments.Check();
            if (parsed.GetValue(ByAgent))
                return await client.RunAsync(parsed, (_, session, _) => AskAsync(session, arguments, parsed.GetValue(Prometheus), cancellation), cancellation);
            var servers = await Scraper.RunAsync(request, TimeProvider.System, cancellation);
            Print(servers, client.IsJson(parsed), parsed.GetValue(Prometheus));
            return Verdicts.Severity(Verdicts.Worst(servers.Select(server => server.Verdict)));
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            Output.Tell(e.Message);
            return ExitCode.Usage;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
    }

    private static ScrapeArguments Arguments(ParseResult parsed) => new()
    {
        Stratum0 = parsed.GetValue(Stratum0) ?? [],
        Stratum1 = parsed.GetValue(Stratum1) ?? [],
        Forced = parsed.GetValue(Forced) ?? [],
        Ignored = parsed.GetValue(Ignored) ?? [],
        GeoNames = parsed.GetValue(GeoNames) ?? [],
        GeoOrder = parsed.GetValue(GeoOrder),
        TimeLimit = parsed.GetValue(TimeLimit),
        StaleAfter = parsed.GetValue(StaleAfter),
        MasterKeys = [.. (parsed.GetValue(Verify) ?? []).Select(RsaPublicKey.ReadFile)],
    };

    private static async Task<int> AskAsync(AgentSession session, ScrapeArguments arguments, bool isPrometheus, CancellationToken cancellation)
    {
        var path = ApiPath.Of("scrape") + ScrapeQuery.Of(arguments);
        if (isPrometheus)
        {
            Output.Raw((await session.Agent.GetAsync($"{path}&format=prometheus", TimeToScrape, cancellation)).Body);
            return ExitCode.Done;
        }
        var answer = await session.Agent.GetAsync(path, TimeToScrape, cancellation);
        session.Print(answer, ApiJson.Readable.ScrapeResponse, found => PrintTable(found.Servers));
        return Verdicts.Severity(answer.Read(ApiJson.Readable.ScrapeResponse).Verdict);
    }

    private static void Print(IReadOnlyList<ScrapedServer> servers, bool isJson, bool isPrometheus)
    {
        if (isJson)
            Output.Raw(JsonSerializer.SerializeToUtf8Bytes(ScrapeResponse.Of(servers), ApiJson.Readable.ScrapeResponse));
        else if (isPrometheus)
            PrintMetrics(servers);
        else
            PrintTable(servers);
    }

    private static void PrintMetrics(IReadOnlyList<ScrapedServer> servers)
    {
        var page = new ArrayBufferWriter<byte>();
        FleetMetrics.Write(new PrometheusText(page), servers);
        Output.Raw(page.WrittenSpan.ToArray());
    }

    private static void PrintTable(IReadOnlyList<ScrapedServer> servers)
    {
        var table = new OutputTable("Server", "Stratum", "GeoAPI", "Repository", ">Revision", "Published", "Last snapshot", ">Behind", "Verified", "Verdict");
        foreach (var server in servers)
        {
            string[] about = [server.Name, Text(server.ServerType), server.ServerType == 1 ? $"{server.GeoapiStatus}" : ""];
            if (server.Repositories.Count == 0)
                table.Add([.. about, "", "", "", "", "", "", server.Verdict]);
            foreach (var one in server.Repositories)
                table.Add([.. about, one.Name, one.Revision > 0 ? Text(one.Revision) : "", Shown.Time(one.RevisionTimestamp), Shown.Time(one.LastSnapshot), Behind(one), Verified(one), one.Verdict]);
        }
        table.Print("No server was asked.");
        foreach (var server in servers)
        {
            foreach (var error in server.FetchErrors.Concat(server.Repositories.SelectMany(repository => repository.FetchErrors)))
                Output.Tell($"{server.Name}{error.Path}: {(error.Field is null ? "" : $"{error.Field}: ")}{error.Error}");
        }
    }

    private static string Behind(ScrapedRepository repository) =>
        repository.RevisionsBehind is > 0 and var revisions ? $"{revisions} ({Shown.Span(repository.SecondsBehind ?? 0)})" : "";

    private static string Verified(ScrapedRepository repository) => repository.IsVerified switch { true => "yes", false => "no", null => "" };

    private static string Text<T>(T? value) => string.Create(CultureInfo.InvariantCulture, $"{value}");

    private static Option<string[]> Hosts(string name, string description) =>
        new(name) { Description = description, HelpName = "HOST", AllowMultipleArgumentsPerToken = true };

    private static Option<string[]> Names(string name, string description) =>
        new(name) { Description = description, HelpName = "NAME", AllowMultipleArgumentsPerToken = true };
}
