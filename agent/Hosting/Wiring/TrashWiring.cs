using Agent.Api;
using Agent.Configuration;
using Agent.Hosting.Reloading;
using Agent.Images;
using Agent.Images.Trash;

namespace Agent.Hosting.Wiring;

/// <summary>The trash, and delete marks that fill it.</summary>
internal static class TrashWiring
{
    public static void AddTrash(this IServiceCollection services, AgentOptions options, LiveOptions live)
    {
        services.AddSingleton<ImageReference>();
        services.AddSingleton<ImageUses>();
        services.AddSingleton<ImageBackups>();
        services.AddSingleton(provider => new TrashBin(
            options.Repository.Trash,
            provider.GetRequiredService<ImageDirectory>(),
            provider.GetRequiredService<CatalogueWriter>(),
            provider.GetRequiredService<ImageUses>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<TrashBin>>()));
        services.AddHostedService(provider => new TrashSweeper(
            provider.GetRequiredService<TrashBin>(),
            () => live.Current.Trash.Keep,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<TrashSweeper>>()));
        if (options.Trash.DeleteMarks is { } marks)
            AddDeleteMarks(services, marks);
    }

    private static void AddDeleteMarks(IServiceCollection services, string marks)
    {
        services.AddSingleton(provider => new DeleteMarks(
            marks,
            provider.GetRequiredService<ImageDirectory>(),
            provider.GetRequiredService<Catalogue>(),
            provider.GetRequiredService<TrashBin>(),
            provider.GetRequiredService<ILogger<DeleteMarks>>()));
        services.AddHosted<DeleteMarkService>();
    }
}
