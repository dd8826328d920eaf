using Agent.Common.Processes;
using Agent.Configuration;
using Agent.Hosting.Reloading;
using Agent.Images;
using Agent.Replication.Arriving;
using Agent.Replication.Globals;
using Agent.Replication.Importing;
using Agent.Replication.Legacy;
using Agent.Replication.Remotes;

namespace Agent.Hosting.Wiring;

/// <summary>Copies from and to other repositories.</summary>
internal static class ReplicationWiring
{
    public static void AddReplication(this IServiceCollection services, AgentOptions options, LiveOptions live)
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
}
