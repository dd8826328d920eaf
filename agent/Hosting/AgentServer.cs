using Agent.Api;
using Agent.Common;
using Agent.Configuration;
using Agent.Cvmfs.Scraping;
using Agent.Hosting.Logging;
using Agent.Hosting.Reloading;
using Agent.Hosting.Systemd;
using Agent.Hosting.Wiring;
using Agent.Web.Live;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Agent.Hosting;

/// <summary>The composition root of <c>serve</c>: registers the parts in their order, listens, and nothing else.</summary>
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
        builder.Services.AddCatalogue(options);
        builder.Services.AddSharing(options);
        builder.Services.AddIndexing(options);
        builder.Services.AddTrash(options, live);
        builder.Services.AddTransmissions(options);
        builder.Services.AddReplication(options, live);
        builder.Services.AddJobs(options);
        builder.Services.AddSingleton<LiveFeed>();
        if (options.Cvmfs.Enabled)
            builder.Services.AddCvmfs(options);
        if (options.Scrapes.Count > 0)
        {
            builder.Services.AddSingleton(options.Scrapes);
            builder.Services.AddHosted<FleetService>();
        }
        builder.Services.AddSystemd(source);
        var app = builder.Build();
        app.MapAll(options, live);
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

    /// <summary>Where it listens: first for the API, then for copies of other repositories.</summary>
    internal static List<string> Addresses(IServiceProvider services) =>
        services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.ToList() ?? [];
}
