using Agent.Common.Processes;
using Agent.Configuration;
using Agent.Transmissions;
using Agent.Transmissions.P2p;

namespace Agent.Hosting.Wiring;

/// <summary>What sends by multicast and to peers.</summary>
internal static class TransmissionWiring
{
    public static void AddTransmissions(this IServiceCollection services, AgentOptions options)
    {
        services.AddSingleton(_ => MulticastSettings.Of(options));
        services.AddSingleton<ISenderNetwork, SenderNetwork>();
        services.AddSingleton(_ => new ChildProcesses(options.Repository.State));
        // Disposal goes backwards: the registry ends its senders as it should before what is left of them is killed.
        services.AddSingleton(provider =>
        {
            _ = provider.GetRequiredService<ChildProcesses>();
            return new TransmissionRegistry(provider.GetRequiredService<TransmissionOptions>());
        });
        services.AddSingleton<SenderLauncher>();
        services.AddSingleton<ImageSender>();
        services.AddSingleton<P2pSender>();
    }
}
