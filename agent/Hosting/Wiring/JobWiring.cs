using Agent.Configuration;
using Agent.Jobs;

namespace Agent.Hosting.Wiring;

/// <summary>Long work.</summary>
internal static class JobWiring
{
    public static void AddJobs(this IServiceCollection services, AgentOptions options)
    {
        services.AddSingleton<JobKinds>();
        services.AddSingleton(provider =>
        {
            var queue = new JobQueue(
                Path.Combine(options.Repository.State, "jobs"),
                new JobQueueOptions { KeepFor = options.Jobs.Keep, KeepCount = options.Jobs.KeepCount },
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<JobQueue>>());
            provider.GetRequiredService<JobKinds>().RegisterAt(queue);
            return queue;
        });
        services.AddHostedService(provider => provider.GetRequiredService<JobQueue>());
    }
}
