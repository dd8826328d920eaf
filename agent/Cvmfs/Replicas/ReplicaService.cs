using System.Collections.Concurrent;
using System.Security.Cryptography;
using Agent.Cvmfs.Publishing;
using Agent.Cvmfs.Scraping;
using Agent.Images;

namespace Agent.Cvmfs.Replicas;

/// <summary>
/// Publishes copies of the repositories of other agents: of each of which every image is here, the files of its owner, byte for byte. It looks
/// from time to time whether they are in step, and whenever the images here have changed.
/// </summary>
/// <param name="settings">What is said of this server.</param>
/// <param name="origins">The other agents.</param>
/// <param name="catalogue">The images here.</param>
/// <param name="images">Where they are.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Told what changes.</param>
public sealed partial class ReplicaService(
    PublishingSettings settings, IReadOnlyList<Origin> origins, Catalogue catalogue, ImageDirectory images, TimeProvider time, ILogger<ReplicaService> logger)
    : BackgroundService, IPublished
{
    /// <summary>A burst of changes is looked at once.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Replica> _replicas = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Origin, string Name), string> _problems = new();
    private readonly ConcurrentDictionary<(string Origin, string Name), RefusedRevision> _refused = new();
    private readonly ConcurrentDictionary<string, string> _claims = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string? Problem => _replicas.IsEmpty ? WhyNone : null;

    /// <inheritdoc/>
    public bool MayBeCopied => false;

    /// <summary>What keeps repositories of others from being in step here, each as a sentence without its end.</summary>
    public IReadOnlyList<string> Problems =>
        [.. _problems.OrderBy(problem => problem.Key).Select(problem => $"{(problem.Key.Name.Length == 0 ? $"\"{problem.Key.Origin}\"" : problem.Key.Name)}: {problem.Value}")];

    private string WhyNone => origins.Count == 0
        ? "there is no [[remote]] with an agent that copies could be of"
        : _problems.IsEmpty
            ? "no other repository has been looked at yet"
            : $"no repository of another agent is here as a whole. {string.Join("; ", Problems.Take(5))}";

    /// <inheritdoc/>
    public bool Has(string name) => _replicas.ContainsKey(name);

    /// <inheritdoc/>
    public byte[] Repositories() => PublishingJson.Repositories(settings.Version, [], _replicas.Keys.Order(StringComparer.Ordinal));

    /// <inheritdoc/>
    public byte[] Meta() => PublishingJson.Meta(settings);

    /// <inheritdoc/>
    public Task<byte[]?> ManifestAsync(string name, CancellationToken cancellation) => Task.FromResult(_replicas.GetValueOrDefault(name)?.Manifest);

    /// <inheritdoc/>
    public async Task<byte[]?> ReflogAsync(string name, CancellationToken cancellation) =>
        _replicas.TryGetValue(name, out var replica) && PublishedManifest.TryParse(replica.Manifest, out var manifest) && FilesOf(name).PathOf(manifest.Reflog, '\0') is { } path
            ? await File.ReadAllBytesAsync(path, cancellation)
            : null;

    /// <inheritdoc/>
    public byte[]? WhitelistOf(string name) => _replicas.GetValueOrDefault(name)?.Whitelist;

    /// <inheritdoc/>
    public string? PublicKeyOf(string name) => _replicas.GetValueOrDefault(name)?.MasterKey;

    /// <inheritdoc/>
    public DateTimeOffset? LastSnapshotOf(string name) => _replicas.GetValueOrDefault(name)?.State.LastSnapshot;

    /// <inheritdoc/>
    public byte[]? StatusOf(string name) =>
        _replicas.TryGetValue(name, out var replica) ? PublishingJson.Status(new RepositoryStatus(replica.State.LastSnapshot, replica.State.Collected, null, true)) : null;

    /// <inheritdoc/>
    public string? ObjectPath(string name, string hash, char letter) => letter is not '\0' and not ObjectHash.Part && Has(name) ? FilesOf(name).PathOf(hash, letter) : null;

    /// <inheritdoc/>
    public ImagePart? PartOf(string name, string hash, char letter) =>
        letter is '\0' or ObjectHash.Part && Has(name) ? CopiedParts.Find(FilesOf(name).Directory, hash, letter == ObjectHash.Part) : null;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Load();
        if (origins.Count == 0)
            LogNone(WhyNone);
        await Task.WhenAll(origins.Select(origin => WatchAsync(origin, stoppingToken)));
    }

    /// <summary>
    /// What was in step before stays published, with the time at which it was, until it is known to be otherwise. What never was, and what is of an
    /// agent that is not configured any more, is no copy.
    /// </summary>
    private void Load()
    {
        var root = settings.ReplicaDirectoryOf("");
        foreach (var directory in Directory.Exists(root) ? Directory.GetDirectories(root) : [])
        {
            try
            {
                if (ReplicaState.Read(directory) is { } state && origins.Any(origin => origin.Name == state.Origin))
                    Publish(Path.GetFileName(directory), state);
                else
                    Directory.Delete(directory, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogUnreadable(directory, e.Message);
            }
        }
    }

    private async Task WatchAsync(Origin origin, CancellationToken stopping)
    {
        while (catalogue.Current is { Revision: 0 } unread)
            await unread.Replaced.WaitAsync(stopping);
        while (true)
        {
            var snapshot = catalogue.Current;
            await LookAsync(origin, new HeldImages(snapshot, images), stopping);
            using var waking = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            await Task.WhenAny(snapshot.Replaced, Task.Delay(settings.Options.ReplicaInterval, time, waking.Token));
            await waking.CancelAsync();
            await Task.Delay(Calm, time, stopping);
        }
    }

    /// <summary>Looks at every repository of an agent.</summary>
    private async Task LookAsync(Origin origin, HeldImages held, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(ReplicaCopy.Limit, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            using var http = origin.Connect();
            var connection = new ServerConnection(http, origin.Url.AbsoluteUri.TrimEnd('/'), over.Token, stopping);
            var list = ServerList.Parse(await connection.GetAsync("/cvmfs/info/v1/repositories.json", ServerConnection.Long));
            if (list.ServerType != 0)
                throw new FetchException("it lists copies, whose owner is another");
            _problems.TryRemove((origin.Name, ""), out _);
            Forget(origin, list);
            foreach (var (name, path) in list.Entries)
                await LookAsync(origin, connection, name, path, held);
        }
        catch (Exception e) when (e is FetchException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            NoteProblem(origin, "", $"its list of repositories cannot be had: {e.Message}");
        }
    }

    private async Task LookAsync(Origin origin, ServerConnection connection, string name, string path, HeldImages held)
    {
        if (_claims.GetOrAdd(name, origin.Name) is var claimed && claimed != origin.Name)
        {
            NoteProblem(origin, name, $"\"{claimed}\" has a repository of the same name, which is copied; give one of them another cvmfs.name");
            return;
        }
        var known = _replicas.GetValueOrDefault(name);
        var copy = new ReplicaCopy(FilesOf(name), name, path, held, _refused.GetValueOrDefault((origin.Name, name)));
        try
        {
            var hasCollected = await copy.RunAsync(connection, time.GetUtcNow());
            var now = time.GetUtcNow();
            var state = new ReplicaState(origin.Name, now, hasCollected ? now : known?.State.Collected);
            state.Write(FilesOf(name).Directory);
            Publish(name, state);
            _problems.TryRemove((origin.Name, name), out _);
            _refused.TryRemove((origin.Name, name), out _);
        }
        catch (Exception e) when (e is NotInStepException or FetchException or IOException or UnauthorizedAccessException)
        {
            NoteProblem(origin, name, e.Message);
            if (copy.Refused is { } refused)
                _refused[(origin.Name, name)] = refused;
            if (known is not null && e is NotInStepException)
                await RefreshAsync(connection, copy, name, known);
        }
    }

    private async Task RefreshAsync(ServerConnection connection, ReplicaCopy copy, string name, Replica known)
    {
        try
        {
            await copy.RefreshWhitelistAsync(connection, time.GetUtcNow());
            Publish(name, known.State);
        }
        catch (Exception e) when (e is NotInStepException or FetchException or IOException or UnauthorizedAccessException)
        {
            // The whitelist that is here holds until it expires; why there is no newer one is told by the problem that is noted already.
        }
    }

    private void Publish(string name, ReplicaState state)
    {
        var files = FilesOf(name);
        if (files.Read(ReplicaFiles.Manifest) is not { } manifest || files.Read(ReplicaFiles.Whitelist) is not { } whitelist || files.Read(ReplicaFiles.MasterKey) is not { } key)
            return;
        _claims[name] = state.Origin;
        var before = _replicas.GetValueOrDefault(name)?.Manifest;
        _replicas[name] = new Replica(state, manifest, whitelist, System.Text.Encoding.ASCII.GetString(key));
        if (!(before?.AsSpan().SequenceEqual(manifest) ?? false) && PublishedManifest.TryParse(manifest, out var read))
            LogInStep(name, state.Origin, read.Revision, state.LastSnapshot);
    }

    /// <summary>What its owner does not have any more is no copy of anything.</summary>
    private void Forget(Origin origin, ServerList list)
    {
        bool IsListed(string name) => list.Entries.Any(entry => entry.Name == name);
        foreach (var (name, _) in _replicas.Where(replica => replica.Value.State.Origin == origin.Name && !IsListed(replica.Key)))
        {
            _replicas.TryRemove(name, out _);
            LogForgotten(name, origin.Name);
        }
        foreach (var (name, _) in _claims.Where(claim => claim.Value == origin.Name && !IsListed(claim.Key)))
        {
            if (Directory.Exists(FilesOf(name).Directory))
                Directory.Delete(FilesOf(name).Directory, recursive: true);
            _claims.TryRemove(name, out _);
        }
        foreach (var key in _problems.Keys.Concat(_refused.Keys).Where(key => key.Origin == origin.Name && !IsListed(key.Name)))
        {
            _problems.TryRemove(key, out _);
            _refused.TryRemove(key, out _);
        }
    }

    private void NoteProblem(Origin origin, string name, string reason)
    {
        var isNew = _problems.GetValueOrDefault((origin.Name, name)) != reason;
        _problems[(origin.Name, name)] = reason;
        if (isNew && _replicas.TryGetValue(name, out var replica) && replica.State.Origin == origin.Name)
            LogBehind(name, replica.State.LastSnapshot, reason);
        else if (isNew && _replicas.IsEmpty)
            LogNone(WhyNone);
        else if (isNew && name.Length == 0)
            LogUnreachable(origin.Name, reason);
    }

    private ReplicaFiles FilesOf(string name) => new(settings.ReplicaDirectoryOf(name));

    [LoggerMessage(7005, LogLevel.Information, "The copy of {Name} of repository \"{Origin}\" is published at revision {Revision}; in step at {LastSnapshot:u}")]
    private partial void LogInStep(string name, string origin, long revision, DateTimeOffset lastSnapshot);

    [LoggerMessage(7006, LogLevel.Warning, "The copy of {Name} is not in step, and was last at {LastSnapshot:u}: {Reason}")]
    private partial void LogBehind(string name, DateTimeOffset lastSnapshot, string reason);

    [LoggerMessage(7007, LogLevel.Warning, "Nothing is published at cvmfs.replica_listen: {Reason}")]
    private partial void LogNone(string reason);

    [LoggerMessage(7008, LogLevel.Information, "Repository \"{Origin}\" has no {Name} any more, so the copy of it is published no more")]
    private partial void LogForgotten(string name, string origin);

    [LoggerMessage(7009, LogLevel.Warning, "Copies of repository \"{Origin}\" cannot be brought in step: {Reason}")]
    private partial void LogUnreachable(string origin, string reason);

    [LoggerMessage(7010, LogLevel.Warning, "The copy in {Directory} cannot be used: {Reason}")]
    private partial void LogUnreadable(string directory, string reason);

    /// <summary>What is served of one copy.</summary>
    private sealed record Replica(ReplicaState State, byte[] Manifest, byte[] Whitelist, string MasterKey);
}
