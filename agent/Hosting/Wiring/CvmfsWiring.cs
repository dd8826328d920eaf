using Agent.Api;
using Agent.Configuration;
using Agent.Cvmfs.Geography;
using Agent.Cvmfs.Publishing;
using Agent.Cvmfs.Replicas;
using Agent.Replication.Remotes;

namespace Agent.Hosting.Wiring;

/// <summary>What is published for CernVM-FS, and copies of what others publish.</summary>
internal static class CvmfsWiring
{
    public static void AddCvmfs(this IServiceCollection services, AgentOptions options)
    {
        services.AddSingleton(PublishingSettings.Of(options, AgentIdentity.BuildVersion));
        services.AddSingleton(new GeoOrder(options.Places, options.Cvmfs.GeoOrder));
        services.AddHosted<PublishingService>();
        if (options.Cvmfs.ReplicaListen is null)
            return;
        services.AddSingleton<IReadOnlyList<Origin>>(provider =>
            [.. provider.GetRequiredService<RemoteBook>().Agents.Select(remote => new Origin(remote.Name, remote.Url, () => RemoteHttp.Create(remote)))]);
        services.AddSingleton<ReplicaBook>();
        services.AddHosted<ReplicaService>();
    }
}
