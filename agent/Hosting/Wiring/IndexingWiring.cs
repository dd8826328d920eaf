using Agent.Configuration;
using Agent.Indexing;
using Agent.Indexing.Checking;
using Agent.Indexing.Hashing;
using Agent.Indexing.Repair;

namespace Agent.Hosting.Wiring;

/// <summary>Digests, checks and repairs.</summary>
internal static class IndexingWiring
{
    public static void AddIndexing(this IServiceCollection services, AgentOptions options)
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
}
