using Agent.Common;

namespace Agent.Configuration;

/// <summary>Checks that every scrape has servers, that each is one of own repositories or of copies, and that its keys are keys.</summary>
internal static class ScrapeCheck
{
    public static void Check(IReadOnlyList<ScrapeOptions> scrapes, ConfigurationErrors errors)
    {
        foreach (var (index, scrape) in scrapes.Index())
        {
            var key = $"scrape[{index + 1}]";
            if (scrape.Stratum0.Count + scrape.Stratum1.Count == 0 && !errors.Has($"{key}.stratum0") && !errors.Has($"{key}.stratum1"))
                errors.Add($"{key}.stratum0", "missing; give servers here or as stratum1");
            if (scrape.Stratum0.Intersect(scrape.Stratum1).FirstOrDefault() is { } both)
                errors.Add($"{key}.stratum1", $"\"{both}\" is listed as stratum0 too; it can be one of them");
            var earlier = scrapes.Take(index).SelectMany(other => other.Stratum0.Concat(other.Stratum1));
            if (earlier.Intersect(scrape.Stratum0.Concat(scrape.Stratum1)).FirstOrDefault() is { } twice)
                errors.Add($"{key}.stratum0", $"\"{twice}\" is scraped already by an earlier [[scrape]]; its metrics would be there twice");
            foreach (var problem in scrape.MasterKeys.Select(KeyProblem).OfType<string>())
                errors.Add($"{key}.master_keys", problem);
        }
    }

    private static string? KeyProblem(string file)
    {
        try
        {
            RsaPublicKey.ReadFile(file);
            return null;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            return $"{e.Message} Get it from the owner of the repository, for example http://HOST/cvmfs/info/v1/NAME.pub";
        }
    }
}
