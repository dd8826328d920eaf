using Agent.Images;
using Agent.Indexing;
using Agent.Indexing.Hashing;
using Agent.Replication.Arriving;

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
}
