using System.Collections.Concurrent;
using Agent.Cvmfs.Publishing;
using Agent.Cvmfs.Scraping;

namespace Agent.Cvmfs.Replicas;

/// <summary>The copies of repositories of other agents that are published here, and what keeps others from being. For any number of threads.</summary>
/// <param name="settings">What is said of this server.</param>
/// <param name="origins">The other agents.</param>
/// <param name="logger">Told what changes.</param>
public sealed partial class ReplicaBook(PublishingSettings settings, IReadOnlyList<Origin> origins, ILogger<ReplicaBook> logger) : IPublished
{
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

    /// <summary>
    /// What was in step before stays published, with the time at which it was, until it is known to be otherwise. What never was, and what is of an
    /// agent that is not configured any more, is no copy.
    /// </summary>
    internal void Load()
    {
        if (origins.Count == 0)
            LogNone(WhyNone);
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

    /// <summary>The other agent whose repository of that name is copied; null where this one's may be.</summary>
    internal string? OtherOwner(string name, Origin origin) => _claims.GetOrAdd(name, origin.Name) is var owner && owner != origin.Name ? owner : null;

    /// <summary>What is known of a copy that is published.</summary>
    internal ReplicaState? StateOf(string name) => _replicas.GetValueOrDefault(name)?.State;

    /// <summary>The revision that was refused last.</summary>
    internal RefusedRevision? RefusedOf(Origin origin, string name) => _refused.GetValueOrDefault((origin.Name, name));

    /// <summary>Notes a revision that is not to be looked at again.</summary>
    internal void Refuse(Origin origin, string name, RefusedRevision revision) => _refused[(origin.Name, name)] = revision;

    /// <summary>The list of repositories can be had.</summary>
    internal void NoteReached(Origin origin) => _problems.TryRemove((origin.Name, ""), out _);

    /// <summary>Publishes a copy that is in step.</summary>
    internal void NoteInStep(Origin origin, string name, ReplicaState state)
    {
        state.Write(FilesOf(name).Directory);
        Publish(name, state);
        _problems.TryRemove((origin.Name, name), out _);
        _refused.TryRemove((origin.Name, name), out _);
    }

    /// <summary>Publishes what lies in the directory of a copy.</summary>
    internal void Publish(string name, ReplicaState state)
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
    internal void Forget(Origin origin, ServerList list)
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

    /// <summary>Notes what keeps a repository from being in step; all of an agent's where <paramref name="name"/> is empty.</summary>
    internal void NoteProblem(Origin origin, string name, string reason)
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

    internal ReplicaFiles FilesOf(string name) => new(settings.ReplicaDirectoryOf(name));

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
