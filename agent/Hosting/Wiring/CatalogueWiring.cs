using Agent.Configuration;
using Agent.Images;
using Agent.Watching;

namespace Agent.Hosting.Wiring;

/// <summary>What is there, and who keeps that right.</summary>
internal static class CatalogueWiring
{
    public static void AddCatalogue(this IServiceCollection services, AgentOptions options)
    {
        var repository = options.Repository;
        var directory = new ImageDirectory(repository.Images);
        services.AddSingleton(directory);
        services.AddSingleton<Catalogue>();
        services.AddSingleton(new CatalogueSettings(repository.Repoinfo, Path.Combine(repository.State, "images.jsonl"), repository.Settle));
        services.AddSingleton(new WatchSettings(directory.Root, repository.Settle, repository.Rescan, directory.IsDirectoryImage));
        services.AddSingleton(provider => new ImageIntake(directory, ImageHeader.ReadFacts, provider.GetRequiredService<ILogger<ImageIntake>>()));
        services.AddHosted<CatalogueWriter>();
        services.AddHosted<DirectoryWatcher>();
        services.AddHosted<CatalogueFeeder>();
        services.AddHosted<IdleTrim>();
    }
}
