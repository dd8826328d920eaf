using Agent.Images;
using Agent.Watching;

namespace Agent.Hosting;

/// <summary>Carries what the watcher reports to the catalogue writer, and back to the watcher what has to settle yet.</summary>
public sealed class CatalogueFeeder(DirectoryWatcher watcher, CatalogueWriter writer) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var report in watcher.Reports.ReadAllAsync(stoppingToken))
        {
            foreach (var image in await LookAsync(report, stoppingToken))
                watcher.Touch(image.RelativePath);
        }
    }

    private async Task<IReadOnlyList<ImageId>> LookAsync(WatchReport report, CancellationToken stopping)
    {
        try
        {
            if (report.IsRescan)
                return (await writer.RescanAsync(stopping)).Unsettled;
            var images = report.Paths.SelectMany(Sidecar.ImagesOf).ToHashSet();
            return images.Count == 0 ? [] : (await writer.RefreshAsync(images, stopping)).Unsettled;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The writer has told the reason; the next rescan tries again.
            return [];
        }
    }
}
