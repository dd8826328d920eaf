using Agent.Hosting.Reloading;
using Agent.Hosting.Systemd;

namespace Agent.Hosting.Wiring;

/// <summary>What the service manager is told, and asks for.</summary>
internal static class SystemdWiring
{
    public static void AddSystemd(this IServiceCollection services, ConfigurationSource? source)
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
}
