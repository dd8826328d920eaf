using System.Security.Cryptography;
using Agent.Cvmfs.Publishing;
using Agent.Cvmfs.Scraping;
using Agent.Images;

namespace Agent.Cvmfs.Replicas;

/// <summary>
/// Keeps copies of the repositories of other agents: of each of which every image is here, the files of its owner, byte for byte. It looks
/// from time to time whether they are in step, and whenever the images here have changed.
/// </summary>
/// <param name="book">What is published.</param>
/// <param name="settings">What is said of this server.</param>
/// <param name="origins">The other agents.</param>
/// <param name="catalogue">The images here.</param>
/// <param name="images">Where they are.</param>
/// <param name="time">Clock.</param>
public sealed class ReplicaService(
    ReplicaBook book, PublishingSettings settings, IReadOnlyList<Origin> origins, Catalogue catalogue, ImageDirectory images, TimeProvider time) : BackgroundService
{
    /// <summary>A burst of changes is looked at once.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        book.Load();
        await Task.WhenAll(origins.Select(origin => WatchAsync(origin, stoppingToken)));
    }

    private async Task WatchAsync(Origin origin, CancellationToken stopping)
    {
        while (catalogue.Current is { Revision: 0 } unread)
            await unread.Replaced.WaitAsync(stopping);
        while (true)
        {
            var snapshot = catalogue.Current;
            await LookAsync(origin, new HeldImages(snapshot, images), stopping);
            using var waking = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            await Task.WhenAny(snapshot.Replaced, Task.Delay(settings.Options.ReplicaInterval, time, waking.Token));
            await waking.CancelAsync();
            await Task.Delay(Calm, time, stopping);
        }
    }

    /// <summary>Looks at every repository of an agent.</summary>
    private async Task LookAsync(Origin origin, HeldImages held, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(ReplicaCopy.Limit, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            using var http = origin.Connect();
            var connection = new ServerConnection(http, origin.Url.AbsoluteUri.TrimEnd('/'), over.Token, stopping);
            var list = ServerList.Parse(await connection.GetAsync("/cvmfs/info/v1/repositories.json", ServerConnection.Long));
            if (list.ServerType != 0)
                throw new FetchException("it lists copies, whose owner is another");
            book.NoteReached(origin);
            book.Forget(origin, list);
            foreach (var (name, path) in list.Entries)
                await LookAsync(origin, connection, name, path, held);
        }
        catch (Exception e) when (e is FetchException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            book.NoteProblem(origin, "", $"its list of repositories cannot be had: {e.Message}");
        }
    }

    private async Task LookAsync(Origin origin, ServerConnection connection, string name, string path, HeldImages held)
    {
        if (book.OtherOwner(name, origin) is { } claimed)
        {
            book.NoteProblem(origin, name, $"\"{claimed}\" has a repository of the same name, which is copied; give one of them another cvmfs.name");
            return;
        }
        var known = book.StateOf(name);
        var copy = new ReplicaCopy(book.FilesOf(name), name, path, held, book.RefusedOf(origin, name));
        try
        {
            var hasCollected = await copy.RunAsync(connection, time.GetUtcNow());
            var now = time.GetUtcNow();
            book.NoteInStep(origin, name, new ReplicaState(origin.Name, now, hasCollected ? now : known?.Collected));
        }
        catch (Exception e) when (e is NotInStepException or FetchException or IOException or UnauthorizedAccessException)
        {
            book.NoteProblem(origin, name, e.Message);
            if (copy.Refused is { } refused)
                book.Refuse(origin, name, refused);
            if (known is not null && e is NotInStepException)
                await RefreshAsync(connection, copy, name, known);
        }
    }

    private async Task RefreshAsync(ServerConnection connection, ReplicaCopy copy, string name, ReplicaState known)
    {
        try
        {
            await copy.RefreshWhitelistAsync(connection, time.GetUtcNow());
            book.Publish(name, known);
        }
        catch (Exception e) when (e is NotInStepException or FetchException or IOException or UnauthorizedAccessException)
        {
            // The whitelist that is here holds until it expires; why there is no newer one is told by the problem that is noted already.
        }
    }
}
