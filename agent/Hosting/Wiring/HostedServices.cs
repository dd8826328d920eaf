using System.Diagnostics.CodeAnalysis;

namespace Agent.Hosting.Wiring;

/// <summary>How a part that works by itself is registered.</summary>
internal static class HostedServices
{
    /// <summary>One object, known by its own type too, and run by the host.</summary>
    public static void AddHosted<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(this IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
