using Agent.Common;
using Agent.Configuration;

namespace Agent.Replication.Remotes;

/// <summary>Knows the repositories of the configuration, and finds the one that a request means.</summary>
/// <param name="remotes">The repositories of the configuration as it is now.</param>
public sealed class RemoteBook(Func<IReadOnlyList<RemoteOptions>> remotes)
{
    /// <summary>Where an agent listens that was not told otherwise.</summary>
    public const int DefaultPort = 8006;

    /// <summary>All of the configuration.</summary>
    public IReadOnlyList<RemoteOptions> All => remotes();

    /// <summary>The configured ones that have an agent.</summary>
    public IEnumerable<Remote> Agents => All.Where(remote => remote.Url is not null).Select(Of);

    /// <summary>The configured one of that name; null where there is none, or it has no agent.</summary>
    public Remote? Named(string name) => Agents.FirstOrDefault(remote => remote.Name == name);

    /// <summary>
    /// The agent that a request means: by the name of a remote of the configuration, by its host, or by any host or URL. The key of the
    /// configuration goes nowhere but to the URL that stands beside it.
    /// </summary>
    /// <param name="repo">A name, <c>HOST</c>, <c>HOST:PORT</c>, or an http or https URL.</param>
    /// <param name="key">The key that the request gives; goes before that of the configuration. Null where it gives none.</param>
    /// <returns>Null where it is none of all that.</returns>
    public Remote? Find(string repo, Secret? key)
    {
        var known = Named(repo) ?? (Address(repo) is { } meant ? Agents.FirstOrDefault(remote => IsAt(remote.Url, meant, repo)) : null);
        if (known is not null)
            return key is null ? known : known with { Key = key };
        return Address(repo) is { } address ? new Remote(repo, address, key) : null;
    }

    private static Remote Of(RemoteOptions options) => new(options.Name, WithSlash(options.Url!), options.ApiKey ?? KeyOf(options.ApiKeyFile))
    {
        RateLimit = options.RateLimit?.BytesPerSecond ?? 0,
        Ou = options.Ou,
        TlsCa = options.TlsCa,
        TlsFingerprint = options.TlsFingerprint,
    };

    /// <summary>A bare host means the remote on that host, whatever its port is.</summary>
    private static bool IsAt(Uri remote, Uri meant, string repo)
    {
        var isUrl = repo.Contains("://", StringComparison.Ordinal);
        return remote.Host == meant.Host && (remote.Port == meant.Port || repo == meant.Host) && (remote.Scheme == meant.Scheme || !isUrl);
    }

    private static Uri? Address(string repo)
    {
        var isUrl = repo.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(isUrl ? repo : $"http://{repo}", UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            return null;
        if (!OptionValues.TryHost(url.DnsSafeHost, out _) || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0 || (!isUrl && url.AbsolutePath != "/"))
            return null;
        var hasPort = isUrl || repo.EndsWith($":{url.Port}", StringComparison.Ordinal);
        return WithSlash(hasPort ? url : new UriBuilder(url) { Port = DefaultPort }.Uri);
    }

    private static Uri WithSlash(Uri url) => url.AbsoluteUri.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/");

    /// <summary>Read each time: a key that was changed counts at once. One that cannot be read is none, and the other side says that it is missing.</summary>
    private static Secret? KeyOf(string? file) => file is null ? null : KeyFile.Read(file).Key;
}
