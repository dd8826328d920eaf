namespace Agent.Configuration;

/// <summary>
/// All of <c>agent.toml</c>. To add a key: a property with its default and a line in <c>Bind</c> of its section, a check if it needs
/// one, and its paragraph in <c>agent.toml.example</c>, without which a test fails.
/// </summary>
public sealed record AgentOptions
{
    /// <summary>Where the images and the agent's own data are.</summary>
    public RepositoryOptions Repository { get; init; } = new();

    /// <summary>The API.</summary>
    public ServerOptions Server { get; init; } = new();

    /// <summary>What is logged.</summary>
    public LogOptions Log { get; init; } = new();

    /// <summary>How digests come about.</summary>
    public IndexingOptions Indexing { get; init; } = new();

    /// <summary>The scheduled check.</summary>
    public ChecksOptions Checks { get; init; } = new();

    /// <summary>What goes into torrents.</summary>
    public TorrentOptions Torrent { get; init; } = new();

    /// <summary>The tracker.</summary>
    public TrackerOptions Tracker { get; init; } = new();

    /// <summary>The seeder.</summary>
    public SeederOptions Seeder { get; init; } = new();

    /// <summary>Long work.</summary>
    public JobsOptions Jobs { get; init; } = new();

    /// <summary>Deleted images.</summary>
    public TrashOptions Trash { get; init; } = new();

    /// <summary>Sending by multicast.</summary>
    public SendingOptions Transmissions { get; init; } = new();

    /// <summary>Status files in the form of CernVM-FS.</summary>
    public CvmfsOptions Cvmfs { get; init; } = new();

    /// <summary>The page for Prometheus.</summary>
    public MetricsOptions Metrics { get; init; } = new();

    /// <summary>Images from and for other repositories.</summary>
    public ReplicationOptions Replication { get; init; } = new();

    /// <summary>How legacy servers are reached.</summary>
    public SshOptions Ssh { get; init; } = new();

    /// <summary>Other repositories.</summary>
    public IReadOnlyList<RemoteOptions> Remotes { get; init; } = [];

    /// <summary>Servers of CernVM-FS that are watched.</summary>
    public IReadOnlyList<ScrapeOptions> Scrapes { get; init; } = [];

    /// <summary>Where servers and networks are.</summary>
    public IReadOnlyList<PlaceOptions> Places { get; init; } = [];

    /// <summary>
    /// The file of the API key: as configured, else <c>api.key</c> in the state directory. <c>serve</c> makes it where it is missing.
    /// Null where the key itself is known, <see cref="ServerOptions.ApiKey"/>.
    /// </summary>
    public string? ApiKeyFile => Server.ApiKey is null ? Server.ApiKeyFile ?? Path.Combine(Repository.State, "api.key") : null;

    internal static AgentOptions Bind(OptionSection root) => new()
    {
        Repository = RepositoryOptions.Bind(root.Section("repository")),
        Server = ServerOptions.Bind(root.Section("server")),
        Log = LogOptions.Bind(root.Section("log")),
        Indexing = IndexingOptions.Bind(root.Section("indexing")),
        Checks = ChecksOptions.Bind(root.Section("checks")),
        Torrent = TorrentOptions.Bind(root.Section("torrent")),
        Tracker = TrackerOptions.Bind(root.Section("tracker")),
        Seeder = SeederOptions.Bind(root.Section("seeder")),
        Jobs = JobsOptions.Bind(root.Section("jobs")),
        Trash = TrashOptions.Bind(root.Section("trash")),
        Transmissions = SendingOptions.Bind(root.Section("transmissions")),
        Cvmfs = CvmfsOptions.Bind(root.Section("cvmfs")),
        Metrics = MetricsOptions.Bind(root.Section("metrics")),
        Replication = ReplicationOptions.Bind(root.Section("replication")),
        Ssh = SshOptions.Bind(root.Section("ssh")),
        Remotes = root.Sections("remote").ConvertAll(RemoteOptions.Bind),
        Scrapes = root.Sections("scrape").ConvertAll(ScrapeOptions.Bind),
        Places = root.Sections("place").ConvertAll(PlaceOptions.Bind),
    };
}
