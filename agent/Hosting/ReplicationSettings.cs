using Agent.Api;
using Agent.Configuration;
using Agent.Images;
using Agent.Indexing;
using Agent.Indexing.Hashing;
using Agent.Replication.Arriving;
using Agent.Replication.Exporting;
using Agent.Replication.Importing;

namespace Agent.Hosting;

/// <summary>Turns options into the parts that bring images from and to other repositories.</summary>
internal static class ReplicationSettings
{
    /// <summary>Images on their way in.</summary>
    public static Arrivals Arrivals(IServiceProvider services)
    {
        var parts = new ArrivalParts(
            services.GetRequiredService<ImageDirectory>(),
            services.GetRequiredService<Catalogue>(),
            services.GetRequiredService<CatalogueWriter>(),
            services.GetRequiredService<ImageUses>(),
            IndexingSettings.Pipeline(HashingThreads.Shared, services),
            services.GetRequiredService<Func<TorrentAddresses>>(),
            services.GetRequiredService<TimeProvider>());
        return new Arrivals(parts, services.GetRequiredService<ILogger<Arrivals>>());
    }

    /// <summary>Imports.</summary>
    public static ImageImport Import(AgentOptions options, IServiceProvider services) => new(
        new ImportParts(
            services.GetRequiredService<Arrivals>(),
            ActivatorUtilities.CreateInstance<LocalCopies>(services),
            services.GetRequiredService<GivingDownloads>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILoggerFactory>()),
        options.Replication.Patience);

    /// <summary>Exports.</summary>
    public static ImageExport Export(AgentOptions options, IServiceProvider services)
    {
        var address = services.GetRequiredService<PublicAddress>();
        return new ImageExport(() => address.Origin, options.Replication.Patience, services.GetRequiredService<TimeProvider>());
    }
}
