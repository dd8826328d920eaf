using Agent.Common.Processes;
using Agent.Configuration;
using Agent.Replication.Remotes;

namespace Agent.Replication.Legacy;

/// <summary>Knows the legacy servers of the configuration, and finds the one that a request means.</summary>
/// <param name="remotes">The repositories of the configuration as it is now.</param>
/// <param name="options">How legacy servers are reached now.</param>
/// <param name="children">Starts <c>ssh</c>.</param>
public sealed class LegacyBook(Func<IReadOnlyList<RemoteOptions>> remotes, Func<SshOptions> options, ChildProcesses children)
{
    /// <summary>An agent answers from memory; a server without one mostly refuses at once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>The legacy server that a request means; null where it means an agent.</summary>
    /// <param name="user">User there; null where the request names none.</param>
    /// <param name="repo">Name of a remote of the configuration, or <c>HOST</c> or <c>HOST:PORT</c>.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="LegacyRefusalException">User or host are not such that they could be given to ssh.</exception>
    public async Task<SshDestination?> FindAsync(string? user, string repo, CancellationToken cancellation)
    {
        if (remotes().FirstOrDefault(remote => remote.Name == repo) is { } named)
            return Own(named) is { } own ? own with { User = user ?? own.User } : null;
        if (Configured.FirstOrDefault(known => known.Host == repo || known.ToString() == repo) is { } configured)
            return configured with { User = user ?? configured.User };
        if (string.IsNullOrEmpty(user) || repo.Contains("://", StringComparison.Ordinal) || remotes().Any(remote => remote.Url?.Host == repo || remote.Url?.Authority == repo))
            return null;
        if (!SshDestination.TryParse(user, repo, out var destination))
            throw new LegacyRefusalException($"user \"{user}\" and repo \"{repo}\" are not {SshDestination.Expected} in two parts.");
        return await HasAgentAsync(destination, cancellation) ? null : destination;
    }

    /// <summary>A server to be asked.</summary>
    public LegacyServer ServerOf(SshDestination destination) => new(children, new SshTarget(destination, options()));

    /// <summary>What the configuration says of a server; null where it says nothing.</summary>
    public RemoteOptions? OptionsOf(SshDestination destination) =>
        remotes().FirstOrDefault(remote => Own(remote) is { } own && own.Host == destination.Host && own.Port == destination.Port);

    private IEnumerable<SshDestination> Configured => remotes().Select(Own).OfType<SshDestination>();

    private static SshDestination? Own(RemoteOptions remote) => remote.Ssh is { } text && SshDestination.TryParse(text, out var own) ? own : null;

    /// <summary>True where an agent answers, if only to say that it wants a key: at the port that was given, which sshd does not mind, else at its usual one.</summary>
    private static async Task<bool> HasAgentAsync(SshDestination place, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            var url = new UriBuilder(Uri.UriSchemeHttp, place.Host, place.Port ?? RemoteBook.DefaultPort).Uri;
            using var agent = new RemoteAgent(new Remote(place.Host, url, null));
            await agent.GreetAsync(limit.Token);
            return true;
        }
        catch (RemoteException e)
        {
            return e.Fault == RemoteFault.KeyRefused;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
