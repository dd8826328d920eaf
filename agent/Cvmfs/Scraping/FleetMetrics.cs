using Agent.Common;

namespace Agent.Cvmfs.Scraping;

/// <summary>Scraped servers as Prometheus text, by the names that dashboards know.</summary>
public static class FleetMetrics
{
    /// <summary>Writes all servers. Two must not have the same name.</summary>
    public static void Write(PrometheusText page, IReadOnlyList<ScrapedServer> servers)
    {
        var uses = servers.CountBy(server => Shortened(server.Name)).ToDictionary();
        var labels = servers.ToDictionary(server => server.Name, server => uses[Shortened(server.Name)] == 1 ? Shortened(server.Name) : server.Name);
        page.Gauge("server_geoapi_status", "How the server orders servers by distance: 0 as expected, 1 in another order, 2 no answer, 9 no repository, 99 not asked.");
        foreach (var server in servers)
            page.Sample((long)server.GeoapiStatus, ("server", labels[server.Name]));
        page.Gauge("server_type", "0 for own repositories, 1 for copies; missing where it cannot be told.");
        foreach (var server in servers.Where(server => server.ServerType is not null))
            page.Sample(server.ServerType!.Value, ("server", labels[server.Name]));
        page.Gauge("server_verdict", "0 ok, 1 behind, 2 stale, 3 broken.");
        foreach (var server in servers)
            page.Sample(Verdicts.Severity(server.Verdict), ("server", labels[server.Name]));
        page.Gauge("server_fetch_errors", "What went wrong with the server and its repositories.");
        foreach (var server in servers)
            page.Sample(server.FetchErrors.Count + server.Repositories.Sum(repository => repository.FetchErrors.Count), ("server", labels[server.Name]));
        WriteRepositories(page, servers, labels);
    }

    private static void WriteRepositories(PrometheusText page, IReadOnlyList<ScrapedServer> servers, Dictionary<string, string> labels)
    {
        void Family(string name, string help, Func<ScrapedRepository, long?> value)
        {
            page.Gauge(name, help);
            foreach (var repository in servers.SelectMany(server => server.Repositories))
            {
                if (value(repository) is { } known)
                    page.Sample(known, ("server", labels[repository.Server]), ("repository", repository.Name));
            }
        }
        Family("repo_revision", "Revision of the repository.", one => one.HasManifest ? one.Revision : null);
        Family("repo_revision_timestamp", "When that revision was published, in seconds since 1970-01-01 UTC.", one => one.RevisionTimestamp?.ToUnixTimeSeconds());
        Family("repo_revision_difference", "Revisions that its stratum 0 has and it has not.", one => one.RevisionsBehind);
        Family("repo_snapshot", "When the copy was last in step, in seconds since 1970-01-01 UTC.", one => one.LastSnapshot?.ToUnixTimeSeconds());
        Family("repo_last_gc", "When old objects were last removed, in seconds since 1970-01-01 UTC.", one => one.LastGc?.ToUnixTimeSeconds());
        Family("repo_root_size", "Size of the root catalogue in bytes.", one => one.RootSize);
        Family("repo_root_catalogue_ttl", "Seconds until clients look again.", one => one.RootCatalogueTtl);
        Family("repo_seconds_behind", "Time between its revision and that of its stratum 0.", one => one.SecondsBehind);
        Family("repo_signature_valid", "1 where the signatures hold, 0 where they do not; missing where no master key is configured.", one => one.IsVerified is { } holds ? holds ? 1 : 0 : null);
        Family("repo_verdict", "0 ok, 1 behind, 2 stale, 3 broken.", one => Verdicts.Severity(one.Verdict));
    }

    /// <summary>The first two labels of a host name, which is what dashboards have; all of an address, and of a name with a port.</summary>
    private static string Shortened(string name) =>
        name.Contains(':') || !name.Any(char.IsAsciiLetter) ? name : string.Join('.', name.Split('.').Take(2));
}
