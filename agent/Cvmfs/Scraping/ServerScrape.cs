using System.Net;
using System.Text;

namespace Agent.Cvmfs.Scraping;

/// <summary>Scrapes one server. Whatever it answers, there is a result.</summary>
/// <param name="request">What is asked for.</param>
/// <param name="server">The server.</param>
/// <param name="declaredType">0 or 1, as the caller thinks.</param>
/// <param name="connection">To the server.</param>
/// <param name="time">Clock.</param>
internal sealed class ServerScrape(ScrapeRequest request, string server, int declaredType, ServerConnection connection, TimeProvider time)
{
    private const string ListPath = "/cvmfs/info/v1/repositories.json";

    /// <summary>Requests that one server gets at once.</summary>
    private const int AtOnce = 2;

    private const int LongestGeoAnswer = 4096;

    private readonly List<FetchError> _errors = [];

    /// <summary>Scrapes it.</summary>
    public async Task<ScrapedServer> RunAsync()
    {
        var list = await ListAsync();
        var type = list?.ServerType ?? declaredType;
        var isS3 = list is null && _errors.Count == 0;
        var wanted = (list?.Entries ?? []).Where(entry => !request.Ignored.Contains(entry.Name)).ToDictionary(entry => entry.Name, entry => entry.Path);
        // On a server of own repositories nothing is forced: what it does not list it does not have.
        foreach (var forced in list?.Entries.Where(entry => request.Forced.Contains(entry.Name)) ?? [])
            wanted[forced.Name] = forced.Path;
        foreach (var forced in type == 1 ? request.Forced : [])
            wanted.TryAdd(forced, $"/cvmfs/{forced}");
        var repositories = await RepositoriesAsync(wanted);
        return new ScrapedServer
        {
            Name = server,
            ServerType = list is null && !isS3 ? null : type,
            Backend = isS3 ? "S3" : "CVMFS",
            IsDown = _errors.Count > 0,
            GeoapiStatus = await GeoAsync(type, repositories),
            GeoapiOrder = request.GeoOrder,
            Repositories = repositories,
            ForcedRepositories = request.Forced,
            IgnoredRepositories = request.Ignored,
            Metadata = list?.Metadata ?? new Dictionary<string, string>(),
            FetchErrors = _errors,
        };
    }

    /// <summary>The list; null where there is none. Of a stratum 1 a 404 is no error: that is how one in front of S3 answers.</summary>
    private async Task<ServerList?> ListAsync()
    {
        try
        {
            var list = ServerList.Parse(await connection.GetAsync(ListPath, ServerConnection.Long));
            var twice = list.Entries.GroupBy(entry => entry.Name).FirstOrDefault(group => group.Count() > 1);
            return twice is null ? list : throw new FetchException($"\"{twice.Key}\" is listed twice");
        }
        catch (FetchException e)
        {
            if (declaredType != 1 || e.Status != HttpStatusCode.NotFound)
                _errors.Add(new FetchError(ListPath, null, e.Message));
            return null;
        }
    }

    private async Task<IReadOnlyList<ScrapedRepository>> RepositoriesAsync(Dictionary<string, string> wanted)
    {
        var names = wanted.Keys.Order(StringComparer.Ordinal).ToList();
        var found = new ScrapedRepository[names.Count];
        await Parallel.ForAsync(0, names.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (index, _) =>
            found[index] = await RepositoryAsync(names[index], wanted[names[index]]));
        return found;
    }

    private async Task<ScrapedRepository> RepositoryAsync(string name, string path)
    {
        var errors = new List<FetchError>();
        var repository = new ScrapedRepository { Name = name, Server = server, Path = path, FetchErrors = errors };
        var manifestPath = $"{path}/.cvmfspublished";
        var manifest = await TryAsync(manifestPath, errors);
        if (manifest is not null)
            repository = ManifestReader.Read(manifest, repository, manifestPath, errors);
        var statusPath = $"{path}/.cvmfs_status.json";
        if (await TryAsync(statusPath, errors) is { } status)
            repository = StatusReader.Read(status, repository, statusPath, errors);
        return manifest is null || request.MasterKeys.Count == 0 ? repository : repository with { IsVerified = await VerifyAsync(repository, manifest, errors) };
    }

    private async Task<bool> VerifyAsync(ScrapedRepository repository, byte[] manifest, List<FetchError> errors)
    {
        var whitelistPath = $"{repository.Path}/.cvmfswhitelist";
        if (repository.SigningCertificateCryptographicHash is not { } hash || await TryAsync(whitelistPath, errors) is not { } whitelist)
            return false;
        // A repository with alternative names has its certificate at one of them, outside of data.
        var certificatePath = repository.AlternativeName == true ? $".cvmfsalt-{hash}X" : $"data/{hash[..2]}/{hash[2..]}X";
        if (await TryAsync($"{repository.Path}/{certificatePath}", errors) is not { } certificate)
            return false;
        if (new SignatureCheck(request.MasterKeys).ProblemOf(repository.Name, manifest, whitelist, certificate, time.GetUtcNow()) is not { } problem)
            return true;
        errors.Add(new FetchError($"{repository.Path}/.cvmfspublished", "signature", problem));
        return false;
    }

    private async Task<byte[]?> TryAsync(string path, List<FetchError> errors)
    {
        try
        {
            return await connection.GetAsync(path, ServerConnection.Short);
        }
        catch (FetchException e)
        {
            errors.Add(new FetchError(path, null, e.Message));
            return null;
        }
    }

    private async Task<GeoApiStatus> GeoAsync(int type, IReadOnlyList<ScrapedRepository> repositories)
    {
        if (_errors.Count > 0)
            return GeoApiStatus.NotYetTested;
        if (type == 0)
            return GeoApiStatus.Ok;
        if (repositories.Count == 0)
            return GeoApiStatus.NotFound;
        try
        {
            var answer = await connection.GetAsync($"{repositories[0].Path}/api/v1.0/geo/x/{string.Join(',', request.GeoNames)}", LongestGeoAnswer);
            return Judge(Encoding.ASCII.GetString(answer));
        }
        catch (FetchException)
        {
            return GeoApiStatus.NoResponse;
        }
    }

    private GeoApiStatus Judge(string answer)
    {
        var numbers = answer.TrimEnd().Split(',').Select(text => int.TryParse(text, out var number) ? number : 0).ToList();
        var isOrder = numbers.Order().SequenceEqual(Enumerable.Range(1, request.GeoNames.Count));
        return !isOrder ? GeoApiStatus.NoResponse : numbers.SequenceEqual(request.GeoOrder) ? GeoApiStatus.Ok : GeoApiStatus.LocationError;
    }
}
