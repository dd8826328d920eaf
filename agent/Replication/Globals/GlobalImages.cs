using System.Collections.Concurrent;
using Agent.Images;

namespace Agent.Replication.Globals;

/// <summary>
/// Brings every global image to every repository of the configuration, and keeps it in step. One image and one repository have nothing to do with the
/// others: each pair has its own pace, and its own failures.
/// </summary>
public sealed class GlobalImages(GlobalParts parts) : BackgroundService
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(ImageId Image, string Remote), GlobalCopy> _copies = new();

    /// <summary>How every pair stands, in the order of images and repositories.</summary>
    public IReadOnlyList<(ImageId Image, string Remote, GlobalStatus Status)> Statuses =>
        [.. _copies.OrderBy(copy => copy.Key.Image).ThenBy(copy => copy.Key.Remote, StringComparer.Ordinal).Select(copy => (copy.Key.Image, copy.Key.Remote, copy.Value.Status))];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (parts.Catalogue.Current is { Revision: 0 } unread)
            await unread.Replaced.WaitAsync(stoppingToken);
        while (true)
        {
            var snapshot = parts.Catalogue.Current;
            var remotes = parts.Book.Agents.Select(remote => remote.Name).ToList();
            foreach (var image in snapshot.Images.Where(image => image is { Scope: ImageScope.Global, IsFile: true }))
            {
                foreach (var remote in remotes)
                    Keep(image.Id, remote, stoppingToken);
            }
            foreach (var (image, remote) in parts.Ledger.Known.Where(known => remotes.Contains(known.Remote)))
                Keep(image, remote, stoppingToken);
            // From time to time too, for a pair that came to its end just as it was wanted again.
            await Task.WhenAny(snapshot.Replaced, Task.Delay(LookInterval, parts.Time, stoppingToken));
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    private void Keep(ImageId image, string remote, CancellationToken stopping)
    {
        // An image that is gone has nothing to be kept in step; what was common stays known, in case it comes back.
        if (parts.Catalogue.Current.Find(image) is null)
            return;
        var copy = new GlobalCopy(parts, image, remote);
        if (_copies.TryAdd((image, remote), copy))
            _ = RunAsync((image, remote), copy, stopping);
    }

    private async Task RunAsync((ImageId, string) pair, GlobalCopy copy, CancellationToken stopping)
    {
        try
        {
            await Task.Yield();
            await copy.RunAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The end of the agent.
        }
        finally
        {
            _copies.TryRemove(pair, out _);
        }
    }
}
