using Agent.BitTorrent;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Tracker;
using Agent.Configuration;
using Agent.Indexing;

namespace Agent.Hosting.Wiring;

/// <summary>Seeder, tracker and torrents.</summary>
internal static class SharingWiring
{
    public static void AddSharing(this IServiceCollection services, AgentOptions options)
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
}
