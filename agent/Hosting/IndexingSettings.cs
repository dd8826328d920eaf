using Agent.Configuration;
using Agent.Images;
using Agent.Indexing;
using Agent.Indexing.Checking;
using Agent.Indexing.Hashing;
using Agent.Indexing.Repair;

namespace Agent.Hosting;

/// <summary>Turns options into the parts that index and check.</summary>
internal static class IndexingSettings
{
    private const int LowestPriority = 19;

    /// <summary>One for all that reads images.</summary>
    public static ReadPace Pace(AgentOptions options) => new(options.Indexing.RateLimit?.BytesPerSecond ?? 0, TimeProvider.System);

    /// <summary>How many images of a disk are read at once.</summary>
    public static StreamLimits Limits(AgentOptions options) => new()
    {
        Rotational = options.Indexing.RotationalStreams,
        SolidState = options.Indexing.SolidStateStreams,
        Unknown = options.Indexing.OtherStreams,
    };

    /// <summary>The indexer.</summary>
    public static IndexingService Service(AgentOptions options, IServiceProvider services) => new(
        services.GetRequiredService<Catalogue>(),
        services.GetRequiredService<CatalogueWriter>(),
        services.GetRequiredService<ImageDirectory>(),
        services.GetRequiredService<IndexKeeper>(),
        options.Indexing.TrustExisting ? ActivatorUtilities.CreateInstance<SidecarAdoption>(services) : null,
        Pipeline(HashingThreads.Shared, services),
        services.GetRequiredService<ReadPace>(),
        services.GetRequiredService<TimeProvider>(),
        services.GetRequiredService<ILogger<IndexingService>>());

    /// <summary>Checks on given threads.</summary>
    public static CheckRunner Checks(HashingThreads threads, IServiceProvider services)
    {
        var check = new ImageCheck(
            services.GetRequiredService<ImageDirectory>(), Pipeline(threads, services), Verifier(threads, services), services.GetRequiredService<ReadPace>(), services.GetRequiredService<TimeProvider>());
        return ActivatorUtilities.CreateInstance<CheckRunner>(services, check);
    }

    /// <summary>The scheduled checks, on threads of their own: each core and disk serves everybody else first.</summary>
    public static ScheduledChecks Schedule(AgentOptions options, IServiceProvider services) => ActivatorUtilities.CreateInstance<ScheduledChecks>(
        services, Checks(new HashingThreads(Environment.ProcessorCount, LowestPriority, idleDisk: true), services), new CheckSchedule(options.Checks.Every));

    /// <summary>Verifies pieces on given threads.</summary>
    public static PieceVerifier Verifier(HashingThreads threads, IServiceProvider services) =>
        new(threads, services.GetRequiredService<StreamLimits>(), services.GetRequiredService<ReadPace>());

    /// <summary>Where repairs under way are noted.</summary>
    public static RepairJournal Journal(AgentOptions options, IServiceProvider services) =>
        ActivatorUtilities.CreateInstance<RepairJournal>(services, Repairs(options));

    /// <summary>Where repairs keep what must outlive a crash.</summary>
    public static string Repairs(AgentOptions options) => Path.Combine(options.Repository.State, "repairs");

    /// <summary>Takes digests on given threads.</summary>
    public static DigestPipeline Pipeline(HashingThreads threads, IServiceProvider services) => new(
        threads, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<StreamLimits>(), services.GetRequiredService<ReadPace>());
}
