namespace Agent.Cvmfs.Scraping;

/// <summary>The verdicts, from good to bad, and how they come about.</summary>
public static class Verdicts
{
    /// <summary>In step.</summary>
    public const string Ok = "ok";

    /// <summary>A revision of the stratum 0 is not there yet.</summary>
    public const string Behind = "behind";

    /// <summary>It was not in step for too long, or does not say when it last was.</summary>
    public const string Stale = "stale";

    /// <summary>It cannot be used: no answer, no manifest, a wrong signature.</summary>
    public const string Broken = "broken";

    private static readonly string[] Order = [Ok, Behind, Stale, Broken];

    /// <summary>0 for ok, 1 for behind, 2 for stale, 3 for broken: also an exit code.</summary>
    public static int Severity(string verdict) => Array.IndexOf(Order, verdict);

    /// <summary>The worst of some; ok where there are none.</summary>
    public static string Worst(IEnumerable<string> verdicts) => verdicts.MaxBy(Severity) ?? Ok;

    /// <summary>Compares every copy with its stratum 0 and judges all.</summary>
    public static IReadOnlyList<ScrapedServer> Judge(IEnumerable<ScrapedServer> servers, ScrapeRequest request, DateTimeOffset now)
    {
        var found = servers.ToList();
        var owners = found.Where(server => server.ServerType == 0).SelectMany(server => server.Repositories).Where(repository => repository.HasManifest)
            .GroupBy(repository => repository.Name).ToDictionary(group => group.Key, group => group.MaxBy(repository => repository.Revision)!);
        return [.. found.Select(server => Judge(server, owners, request, now))];
    }

    private static ScrapedServer Judge(ScrapedServer server, Dictionary<string, ScrapedRepository> owners, ScrapeRequest request, DateTimeOffset now)
    {
        List<ScrapedRepository> repositories = [.. server.Repositories.Select(repository => Judge(server, repository, owners.GetValueOrDefault(repository.Name), request, now))];
        var own = server.IsDown ? Broken : Ok;
        return server with { Repositories = repositories, Verdict = Worst(repositories.Select(repository => repository.Verdict).Append(own)) };
    }

    private static ScrapedRepository Judge(ScrapedServer server, ScrapedRepository repository, ScrapedRepository? owner, ScrapeRequest request, DateTimeOffset now)
    {
        if (server.ServerType == 1 && owner is not null && repository.HasManifest)
        {
            repository = repository with
            {
                RevisionsBehind = owner.Revision - repository.Revision,
                SecondsBehind = owner.Revision <= repository.Revision ? 0 : (long)Math.Max(0, (owner.RevisionTimestamp - repository.RevisionTimestamp)?.TotalSeconds ?? 0),
            };
        }
        return repository with { Verdict = Verdict(server, repository, request, now) };
    }

    private static string Verdict(ScrapedServer server, ScrapedRepository repository, ScrapeRequest request, DateTimeOffset now)
    {
        if (!repository.HasManifest || repository.IsVerified == false)
            return Broken;
        if (server.ServerType == 1 && !(repository.LastSnapshot >= now - request.StaleAfter))
            return Stale;
        return repository.RevisionsBehind > 0 ? Behind : Ok;
    }
}
