using System.Collections.Immutable;
using Agent.Cvmfs.Publishing.Signing;
using Agent.Images;

namespace Agent.Cvmfs.Publishing;

/// <summary>
/// Publishes the catalogue in the form of CernVM-FS. Within a second of a change it counts the revisions of the repositories that changed,
/// which costs next to nothing; what a revision consists of is made when it is first asked for, and only kept on disk. A restart publishes
/// nothing anew.
/// </summary>
public sealed partial class PublishingService : BackgroundService, IPublished
{
    /// <summary>A burst of changes is one revision.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(300);

    /// <summary>After a failure, and for whitelists that are to be renewed in the copy for a web server.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private readonly PublishingSettings _settings;
    private readonly Catalogue _catalogue;
    private readonly TimeProvider _time;
    private readonly ILogger<PublishingService> _logger;
    private readonly SigningKeys _keys;
    private readonly Whitelist _whitelist;
    private readonly RepositoryBuilder _builder;
    private readonly SemaphoreSlim _building = new(1);
    private readonly Dictionary<string, RepositoryState> _states = new(StringComparer.Ordinal);
    private ImmutableSortedDictionary<string, OwnRepository> _repositories = ImmutableSortedDictionary.Create<string, OwnRepository>(StringComparer.Ordinal);
    private volatile string? _problem = "the image directory has not been read yet";

    /// <summary>Wires it; nothing is read or made before it starts.</summary>
    public PublishingService(
        PublishingSettings settings, Catalogue catalogue, ImageDirectory images, TimeProvider time, ILogger<PublishingService> logger)
    {
        (_settings, _catalogue, _time, _logger) = (settings, catalogue, time, logger);
        _keys = new SigningKeys(settings.Keys);
        _whitelist = new Whitelist(_keys, settings.Options.WhitelistLife, time);
        _builder = new RepositoryBuilder(settings, _keys, images);
    }

    /// <inheritdoc/>
    public string? Problem => _problem;

    /// <summary>Names of the own repositories, in their order.</summary>
    public IEnumerable<string> Names => Current.Keys;

    /// <inheritdoc/>
    public bool MayBeCopied => true;

    private ImmutableSortedDictionary<string, OwnRepository> Current => Volatile.Read(ref _repositories);

    /// <inheritdoc/>
    public bool Has(string name) => Current.ContainsKey(name);

    /// <inheritdoc/>
    /// <remarks>Made where it is the first that asks for it.</remarks>
    public async Task<byte[]?> ManifestAsync(string name, CancellationToken cancellation) => (await PublicationAsync(name, cancellation))?.Bytes;

    /// <inheritdoc/>
    public async Task<byte[]?> ReflogAsync(string name, CancellationToken cancellation) =>
        await PublicationAsync(name, cancellation) is { } publication ? await File.ReadAllBytesAsync(Store(name).PathOf(publication.Manifest.Reflog), cancellation) : null;

    /// <inheritdoc/>
    public byte[]? WhitelistOf(string name) => Current.ContainsKey(name) ? _whitelist.Of(name) : null;

    /// <inheritdoc/>
    public string? PublicKeyOf(string name) => Current.ContainsKey(name) ? _keys.MasterPublicKey() : null;

    /// <inheritdoc/>
    public string? ObjectPath(string name, string hash, char letter) =>
        Current.ContainsKey(name) && letter is not '\0' and not ObjectHash.Part && Store(name).PathOf(hash, letter) is var path && File.Exists(path) ? path : null;

    /// <inheritdoc/>
    public ImagePart? PartOf(string name, string hash, char letter) =>
        letter is '\0' or ObjectHash.Part && Current.TryGetValue(name, out var repository)
            ? ImageParts.Find(_settings.DirectoryOf(name), repository.Content.Unit, hash, letter == ObjectHash.Part)
            : null;

    /// <inheritdoc/>
    public DateTimeOffset? LastSnapshotOf(string name) => null;

    /// <inheritdoc/>
    public byte[]? StatusOf(string name) => Current.TryGetValue(name, out var repository)
        ? PublishingJson.Status(CheckSummary.Of(_catalogue.Current.Images.Where(repository.Content.Holds), repository.State.Collected))
        : null;

    /// <inheritdoc/>
    public byte[] Repositories() => PublishingJson.Repositories(_settings.Version, Names, []);

    /// <inheritdoc/>
    public byte[] Meta() => PublishingJson.Meta(_settings);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _building.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var snapshot = _catalogue.Current; ; snapshot = _catalogue.Current)
        {
            var isDone = snapshot.Revision > 0 && await TakeAsync(snapshot, stoppingToken);
            var wait = isDone && _settings.Options.Directory is null ? Timeout.InfiniteTimeSpan : Again;
            using var waking = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(snapshot.Replaced, Task.Delay(wait, _time, waking.Token));
            await waking.CancelAsync();
            await Task.Delay(Calm, _time, stoppingToken);
        }
    }

    /// <summary>Counts what changed; false where that failed and is to be tried again.</summary>
    private async Task<bool> TakeAsync(CatalogueSnapshot snapshot, CancellationToken cancellation)
    {
        try
        {
            if (snapshot.Images.IsEmpty && !RepositoryState.IsKnown(_settings.DirectoryOf(_settings.Name)))
            {
                NoteNothing();
                return true;
            }
            if (_problem is not null)
                _keys.Provide(_settings.Name, _time.GetUtcNow());
            await _building.WaitAsync(cancellation);
            try
            {
                Count(snapshot);
            }
            finally
            {
                _building.Release();
            }
            _problem = null;
            if (_settings.Options.Directory is { } directory)
                await new WebCopy(directory, _settings, this).WriteAsync(cancellation);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_problem is not null)
                _problem = e.Message;
            LogFailed(e.Message, Again);
            return false;
        }
    }

    /// <summary>An empty list is what readers take for a broken server; one that was not empty before goes on counting its revisions.</summary>
    private void NoteNothing()
    {
        const string reason = "there is no image yet";
        if (_problem != reason)
            LogNothing(reason);
        _problem = reason;
    }

    private void Count(CatalogueSnapshot snapshot)
    {
        var beside = $"{ObjectHash.Of(_keys.Certificate())} {_settings.Options.TimeToLive.TotalSeconds} {_settings.Options.Administrator} {_settings.Options.Email} {_settings.Options.Organisation}";
        var repositories = Current.ToBuilder();
        var contents = RepositoryContent.Of(snapshot, _settings.Name).ToList();
        repositories.RemoveRange(repositories.Keys.Except(contents.Select(content => content.Name)).ToList());
        foreach (var content in contents)
        {
            var directory = _settings.DirectoryOf(content.Name);
            if (!_states.TryGetValue(content.Name, out var state))
                state = RepositoryState.Read(directory);
            var fingerprint = content.Fingerprint(beside);
            if (fingerprint != state.Content)
            {
                var changed = Math.Max(_time.GetUtcNow().ToUnixTimeSeconds(), state.Changed);
                state = state with { Revision = state.Revision + 1, Changed = changed, Content = fingerprint };
                state.Write(directory);
                LogRevision(content.Name, state.Revision);
            }
            _states[content.Name] = state;
            repositories[content.Name] = new OwnRepository(content, state, repositories.GetValueOrDefault(content.Name)?.Publication);
        }
        Volatile.Write(ref _repositories, repositories.ToImmutable());
    }

    private async Task<Publication?> PublicationAsync(string name, CancellationToken cancellation)
    {
        if (!Current.TryGetValue(name, out var repository))
            return null;
        if (repository.IsPublished)
            return repository.Publication;
        await _building.WaitAsync(cancellation);
        try
        {
            return Current.TryGetValue(name, out repository) ? await Task.Run(() => Publish(repository), CancellationToken.None) : null;
        }
        finally
        {
            _building.Release();
        }
    }

    /// <summary>Publishes the present revision, unless that was done already. Where it fails, the revision before stays.</summary>
    private Publication Publish(OwnRepository repository)
    {
        if (repository.IsPublished)
            return repository.Publication!;
        var name = repository.Content.Name;
        var publication = _builder.Published(name);
        try
        {
            if (publication?.Manifest.Revision != repository.State.Revision)
            {
                (publication, var state) = _builder.Build(repository.Content, repository.State, _time.GetUtcNow());
                repository = repository with { State = state };
                _states[name] = state;
            }
            Volatile.Write(ref _repositories, Current.SetItem(name, repository with { Publication = publication }));
        }
        catch (IOException e) when (publication is not null)
        {
            LogNotPublished(name, repository.State.Revision, publication.Manifest.Revision, e.Message);
        }
        return publication!;
    }

    private ObjectStore Store(string name) => new(_settings.DirectoryOf(name));

    [LoggerMessage(7001, LogLevel.Information, "Repository {Name} is at revision {Revision}")]
    private partial void LogRevision(string name, long revision);

    [LoggerMessage(7002, LogLevel.Error, "The images cannot be published in the form of CernVM-FS: {Reason} Next try in {Delay}")]
    private partial void LogFailed(string reason, TimeSpan delay);

    [LoggerMessage(7003, LogLevel.Warning, "Revision {Revision} of {Name} cannot be published, so {Before} stays: {Reason}")]
    private partial void LogNotPublished(string name, long revision, long before, string reason);

    [LoggerMessage(7004, LogLevel.Information, "Nothing is published in the form of CernVM-FS: {Reason}")]
    private partial void LogNothing(string reason);

    /// <summary>One repository: what is in it, which revision that is, and what was last published of it.</summary>
    private sealed record OwnRepository(RepositoryContent Content, RepositoryState State, Publication? Publication)
    {
        public bool IsPublished => Publication?.Manifest.Revision == State.Revision;
    }
}
