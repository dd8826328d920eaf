using System.Diagnostics.CodeAnalysis;
using Agent.Api;
using Agent.Api.Metrics;
using Agent.Api.OpenApi;
using Agent.BitTorrent;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Tracker;
using Agent.Common;
using Agent.Common.Processes;
using Agent.Configuration;
using Agent.Cvmfs.Geography;
using Agent.Cvmfs.Publishing;
using Agent.Cvmfs.Replicas;
using Agent.Cvmfs.Scraping;
using Agent.Hosting.Logging;
using Agent.Hosting.Reloading;
using Agent.Hosting.Systemd;
using Agent.Images;
using Agent.Images.Trash;
using Agent.Indexing;
using Agent.Indexing.Checking;
using Agent.Indexing.Hashing;
using Agent.Indexing.Repair;
using Agent.Jobs;
using Agent.Replication.Arriving;
using Agent.Replication.Globals;
using Agent.Replication.Importing;
using Agent.Replication.Legacy;
using Agent.Replication.Remotes;
using Agent.Transmissions;
using Agent.Transmissions.P2p;
using Agent.Watching;
using Agent.Web;
using Agent.Web.Live;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Agent.Hosting;

/// <summary>The composition root of <c>serve</c>: registers the parts, maps the routes, and nothing else.</summary>
public static class AgentServer
{
    private const long MaxBodyBytes = 1024 * 1024;

    /// <summary>Puts the agent together. It does nothing before it is started.</summary>
    public static WebApplication Build(AgentOptions options, Secret apiKey) => Build(options, apiKey, null, ActivatedSockets.None);

    /// <summary>Puts the agent together. It does nothing before it is started.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="apiKey">The key of its API.</param>
    /// <param name="source">Where the configuration is read again; null: it is not.</param>
    /// <param name="sockets">Where the API listens, in place of <see cref="ServerOptions.Listen"/>, if there are any.</param>
    public static WebApplication Build(AgentOptions options, Secret apiKey, ConfigurationSource? source, ActivatedSockets sockets)
    {
        var live = new LiveOptions(options, apiKey);
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddAgentLogging(() => live.Current.Log.Level);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options, sockets));
        builder.Services.AddSingleton(live);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        // What does not fit a route is told as JSON by ErrorMapping, not by an empty answer.
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => new AgentIdentity(TimeProvider.System, () => [.. Addresses(services).Take(1)]));
        var advertised = new AdvertisedAddress(options.Server);
        builder.Services.AddSingleton(services => new PublicAddress(
            () => advertised.Host, options.Server.Listen, services.GetRequiredService<AgentIdentity>()));
        AddCatalogue(builder.Services, options);
        AddSharing(builder.Services, options);
        AddIndexing(builder.Services, options);
        AddTrash(builder.Services, options, live);
        AddTransmissions(builder.Services, options);
        AddReplication(builder.Services, options, live);
        AddJobs(builder.Services, options);
        builder.Services.AddSingleton<LiveFeed>();
        if (options.Cvmfs.Enabled)
            AddCvmfs(builder.Services, options);
        if (options.Scrapes.Count > 0)
        {
            builder.Services.AddSingleton(options.Scrapes);
            builder.Services.AddHosted<FleetService>();
        }
        AddSystemd(builder.Services, source);
        var app = builder.Build();
        Map(app, options, live);
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, AgentOptions options, ActivatedSockets sockets)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        foreach (var descriptor in sockets.Descriptors)
            kestrel.ListenHandle((ulong)descriptor);
        if (sockets.Descriptors.Count == 0)
            kestrel.Listen(options.Server.Listen);
        if (options.Cvmfs is { Enabled: true, ReplicaListen: { } replicas })
            kestrel.Listen(replicas, ReplicaAddress.Mark);
    }

    private static void AddCatalogue(IServiceCollection services, AgentOptions options)
    {
        var repository = options.Repository;
        var directory = new ImageDirectory(repository.Images);
        services.AddSingleton(directory);
        services.AddSingleton<Catalogue>();
        services.AddSingleton(new CatalogueSettings(repository.Repoinfo, Path.Combine(repository.State, "images.jsonl"), repository.Settle));
        services.AddSingleton(new WatchSettings(directory.Root, repository.Settle, repository.Rescan, directory.IsDirectoryImage));
        services.AddSingleton(provider => new ImageIntake(directory, ImageHeader.ReadFacts, provider.GetRequiredService<ILogger<ImageIntake>>()));
        services.AddHosted<CatalogueWriter>();
        services.AddHosted<DirectoryWatcher>();
        services.AddHosted<CatalogueFeeder>();
        services.AddHosted<IdleTrim>();
    }

    private static void AddSharing(IServiceCollection services, AgentOptions options)
    {
        var sharing = new SharingSettings(options);
        services.AddSingleton<TorrentRegistry>();
        services.AddSingleton<LeecherFeed>();
        services.AddSingleton<SidecarWriter>();
        services.AddSingleton<Func<TorrentAddresses>>(provider => () => sharing.Addresses(provider));
        if (options.Seeder.Enabled)
        {
            services.AddSingleton(sharing.Seeder());
            services.AddHosted<SeederService>();
        }
        if (options.Tracker.Enabled)
        {
            services.AddSingleton(sharing.Tracker);
            services.AddHosted<TrackerService>();
        }
        services.AddHosted<TorrentPublisher>();
    }

    private static void AddIndexing(IServiceCollection services, AgentOptions options)
    {
        services.AddSingleton(IndexingSettings.Pace(options));
        services.AddSingleton(IndexingSettings.Limits(options));
        services.AddSingleton<IndexKeeper>();
        services.AddSingleton(provider => IndexingSettings.Service(options, provider));
        services.AddHostedService(provider => provider.GetRequiredService<IndexingService>());
        services.AddSingleton(provider => IndexingSettings.Checks(HashingThreads.Shared, provider));
        services.AddSingleton(provider => IndexingSettings.Schedule(options, provider));
        services.AddHostedService(provider => provider.GetRequiredService<ScheduledChecks>());
        services.AddSingleton(provider => IndexingSettings.Verifier(HashingThreads.Shared, provider));
        services.AddSingleton(provider => IndexingSettings.Journal(options, provider));
        services.AddSingleton<ImageRepair>();
        services.AddSingleton<LocalSources>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RepairJob>(provider, options));
    }

    private static void AddTrash(IServiceCollection services, AgentOptions options, LiveOptions live)
    {
        services.AddSingleton<ImageReference>();
        services.AddSingleton<ImageUses>();
        services.AddSingleton<ImageBackups>();
        services.AddSingleton(provider => new TrashBin(
            options.Repository.Trash,
            provider.GetRequiredService<ImageDirectory>(),
            provider.GetRequiredService<CatalogueWriter>(),
            provider.GetRequiredService<ImageUses>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<TrashBin>>()));
        services.AddHostedService(provider => new TrashSweeper(
            provider.GetRequiredService<TrashBin>(),
            () => live.Current.Trash.Keep,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<TrashSweeper>>()));
        if (options.Trash.DeleteMarks is { } marks)
            AddDeleteMarks(services, marks);
    }

    private static void AddDeleteMarks(IServiceCollection services, string marks)
    {
        services.AddSingleton(provider => new DeleteMarks(
            marks,
            provider.GetRequiredService<ImageDirectory>(),
            provider.GetRequiredService<Catalogue>(),
            provider.GetRequiredService<TrashBin>(),
            provider.GetRequiredService<ILogger<DeleteMarks>>()));
        services.AddHosted<DeleteMarkService>();
    }

    private static void AddTransmissions(IServiceCollection services, AgentOptions options)
    {
        services.AddSingleton(_ => MulticastSettings.Of(options));
        services.AddSingleton<ISenderNetwork, SenderNetwork>();
        services.AddSingleton(_ => new ChildProcesses(options.Repository.State));
        // Disposal goes backwards: the registry ends its senders as it should before what is left of them is killed.
        services.AddSingleton(provider =>
        {
            _ = provider.GetRequiredService<ChildProcesses>();
            return new TransmissionRegistry(provider.GetRequiredService<TransmissionOptions>());
        });
        services.AddSingleton<SenderLauncher>();
        services.AddSingleton<ImageSender>();
        services.AddSingleton<P2pSender>();
    }

    private static void AddReplication(IServiceCollection services, AgentOptions options, LiveOptions live)
    {
        services.AddSingleton(provider => ReplicationSettings.Arrivals(provider));
        services.AddSingleton(_ => new RemoteBook(() => live.Current.Remotes));
        services.AddSingleton(_ => new KeptKeys(Path.Combine(options.Repository.State, "remote-keys")));
        services.AddSingleton<GivingDownloads>();
        services.AddSingleton(provider => ReplicationSettings.Import(options, provider));
        services.AddSingleton(provider => ReplicationSettings.Export(options, provider));
        services.AddSingleton<ReplicationJobs>();
        services.AddSingleton(_ => new GlobalLedger(Path.Combine(options.Repository.State, "global.json")));
        services.AddSingleton<GlobalParts>();
        services.AddHosted<GlobalImages>();
        services.AddSingleton(provider => new LegacyBook(() => live.Current.Remotes, () => live.Current.Ssh, provider.GetRequiredService<ChildProcesses>()));
        services.AddSingleton<LegacyImport>();
        services.AddSingleton<LegacyExport>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<LegacyJobs>(provider, options.Replication));
        services.AddHostedService(provider => new ArrivalSweeper(
            provider.GetRequiredService<Arrivals>(),
            provider.GetRequiredService<Catalogue>(),
            () => live.Current.Replication.KeepPartial,
            provider.GetRequiredService<TimeProvider>()));
    }

    private static void AddJobs(IServiceCollection services, AgentOptions options)
    {
        services.AddSingleton<JobKinds>();
        services.AddSingleton(provider =>
        {
            var queue = new JobQueue(
                Path.Combine(options.Repository.State, "jobs"),
                new JobQueueOptions { KeepFor = options.Jobs.Keep, KeepCount = options.Jobs.KeepCount },
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<JobQueue>>());
            provider.GetRequiredService<JobKinds>().RegisterAt(queue);
            return queue;
        });
        services.AddHostedService(provider => provider.GetRequiredService<JobQueue>());
    }

    private static void AddCvmfs(IServiceCollection services, AgentOptions options)
    {
        services.AddSingleton(PublishingSettings.Of(options, AgentIdentity.BuildVersion));
        services.AddSingleton(new GeoOrder(options.Places, options.Cvmfs.GeoOrder));
        services.AddHosted<PublishingService>();
        if (options.Cvmfs.ReplicaListen is null)
            return;
        services.AddSingleton<IReadOnlyList<Origin>>(provider =>
            [.. provider.GetRequiredService<RemoteBook>().Agents.Select(remote => new Origin(remote.Name, remote.Url, () => RemoteHttp.Create(remote)))]);
        services.AddHosted<ReplicaService>();
    }

    private static void AddSystemd(IServiceCollection services, ConfigurationSource? source)
    {
        services.AddSingleton(_ => ServiceNotifier.OfEnvironment());
        services.AddSingleton(_ => WatchdogInterval.OfEnvironment());
        services.AddSingleton<LivenessProbe>();
        services.AddHosted<ServiceState>();
        services.AddHosted<Watchdog>();
        if (source is null)
            return;
        services.AddSingleton(source);
        services.AddHosted<Reloader>();
    }

    private static void Map(WebApplication app, AgentOptions options, LiveOptions live)
    {
        app.UseMiddleware<ErrorMapping>();
        if (options.Cvmfs is { Enabled: true, ReplicaListen: not null })
            app.Use(ReplicaAddress.RefuseAllButCopiesAsync);
        PublicGroup(app, () => live.Current.Server.PublicNetworks, "server.public_networks").MapPublic();
        PublicGroup(app, () => live.Current.Server.PublicNetworks, "server.public_networks").MapPage();
        if (options.Cvmfs.Enabled)
            PublicGroup(app, () => live.Current.Server.PublicNetworks, "server.public_networks").MapCvmfs();
        if (options.Metrics.Enabled)
            PublicGroup(app, () => live.Current.Metrics.Networks, "metrics.networks").MapMetrics();
        var api = app.MapGroup("/ogrepository/v1").NeedsKey(new Authentication(() => live.ApiKey));
        api.MapImages();
        api.MapReplication();
        api.MapImageChanges();
        api.MapTrash();
        api.MapChecks();
        api.MapRepair();
        api.MapTransmissions();
        api.MapJobs();
        api.MapWake();
        api.MapStatus();
        api.MapSwarms();
        api.MapScrape();
        app.MapGroup("/opengnsys/rest/repository").NeedsKey(new Authentication(() => live.ApiKey, StatusCodes.Status400BadRequest)).MapLegacy();
    }

    private static RouteGroupBuilder PublicGroup(WebApplication app, Func<NetworkSet> networks, string key) =>
        app.MapGroup("").AddEndpointFilter(new NetworkFilter(networks, key)).Refuses(StatusCodes.Status403Forbidden, "network_refused");

    /// <summary>Where it listens: first for the API, then for copies of other repositories.</summary>
    internal static List<string> Addresses(IServiceProvider services) =>
        services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.ToList() ?? [];

    /// <summary>One object, known by its own type too, and run by the host.</summary>
    private static void AddHosted<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(this IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
