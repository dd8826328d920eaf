using Agent.Api;
using Agent.Api.Metrics;
using Agent.Api.OpenApi;
using Agent.Common;
using Agent.Configuration;
using Agent.Hosting.Reloading;
using Agent.Web;

namespace Agent.Hosting;

/// <summary>Which routes there are, and who may ask them.</summary>
internal static class Routes
{
    /// <summary>Maps all of them.</summary>
    public static void MapAll(this WebApplication app, AgentOptions options, LiveOptions live)
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
}
