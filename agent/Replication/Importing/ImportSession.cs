using Agent.BitTorrent.Downloading;
using Agent.BitTorrent.Metainfo;
using Agent.Common;
using Agent.Jobs;
using Agent.Replication.Arriving;
using Agent.Replication.Remotes;

namespace Agent.Replication.Importing;

/// <summary>
/// One import, in as many tries as it takes; the place of the image is locked from the first to the last. A try asks what the other agent knows,
/// and takes pieces from copies on this server, from that agent's web server and from the swarm, all verified one by one.
/// </summary>
internal sealed class ImportSession(ImportParts parts, RemoteAgent source, ImportOrder order, Patience waiting, ImportTelling telling) : IAsyncDisposable
{
    private static readonly TimeSpan StallTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TimeForOthers = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(200);

    private readonly ImportTally _tally = new();
    private Arrival? _arrival;

    /// <summary>Tries.</summary>
    /// <exception cref="RemoteException">The other agent cannot be asked, or refuses.</exception>
    /// <exception cref="DownloadException">Nobody gives what is missing.</exception>
    /// <exception cref="IOException">It cannot be written, or may not arrive.</exception>
    /// <exception cref="JobFailedException">There is no sense in trying again.</exception>
    public async Task<ImportOutcome> TryAsync(CancellationToken cancellation)
    {
        var image = await DescribeAsync(cancellation);
        var here = ImportTarget.Of(order, image);
        if (_arrival is null && await parts.Arrivals.FindSameAsync(here, new ExpectedContent(image.FullSum, image.Sha256, image.InfoHash), cancellation) is not null)
        {
            telling.Log($"\"{here}\" is here already, with the same content");
            return _tally.Of(here.RelativePath, image.Size, 0);
        }
        var torrent = image.Size > 0 ? await source.TorrentAsync(image, cancellation) : null;
        var arrival = await ArrivalOfAsync(image, cancellation);
        try
        {
            if (torrent is null)
                await File.WriteAllBytesAsync(arrival.FilePath, [], cancellation);
            else if (!arrival.IsVerified && !File.Exists(arrival.FilePath))
                await FetchAsync(image, torrent, arrival, cancellation);
            telling.Log("All of it is here; what was not read while it came is read for its sums");
            var reading = new ImmediateProgress(read => telling.Report(read, image.Size));
            await arrival.PlaceAsync(new ExpectedContent(image.FullSum, image.Sha256), reading, cancellation);
        }
        catch (Exception e) when (DiskFull.Is(e))
        {
            arrival.Discard();
            throw new JobFailedException($"There is no room for \"{arrival.Plan.Image}\" of {Sizes.Rounded(image.Size)}: {e.Message}. Nothing of it was kept", e);
        }
        return _tally.Of(arrival.Plan.Image.RelativePath, image.Size, torrent is null ? 0 : ZeroPieces.BytesOf(torrent));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_arrival is not null)
            await _arrival.DisposeAsync();
        _arrival = null;
    }

    /// <summary>What the other side knows of the image; one that is new there is given time to be indexed.</summary>
    private async Task<RemoteImage> DescribeAsync(CancellationToken cancellation)
    {
        var image = order.Offer ?? await source.FindAsync(order.Image, cancellation);
        var there = $"repository \"{source.Remote.Name}\"";
        if (image.Locked)
            throw new JobFailedException($"\"{image.Path}\" is locked at {there}: somebody writes or uses it there");
        if (image.State == "damaged")
            throw new JobFailedException($"\"{image.Path}\" is damaged at {there}; have it repaired there first");
        if (image.Size < 0 || (image is { FullSum: not null, InfoHash: null, Size: > 0 }))
            throw new JobFailedException($"\"{image.Path}\" has a name at {there} that no torrent may carry; rename it there");
        if (image.InfoHash is not null || image.FullSum is not null)
            return image;
        await source.HastenAsync(image.Path, cancellation);
        throw new RemoteException(RemoteFault.NotReady, $"\"{image.Path}\" is not indexed yet at {there}.");
    }

    /// <summary>The same for every try, unless the image has another content there by now.</summary>
    private async Task<Arrival> ArrivalOfAsync(RemoteImage image, CancellationToken cancellation)
    {
        var content = image.InfoHash ?? "empty";
        if (_arrival is not null && _arrival.Plan.Content != content)
        {
            telling.Log($"\"{image.Path}\" was changed at the other repository: what has come of it is thrown away");
            _arrival.Discard();
            await DisposeAsync();
        }
        var plan = new ArrivalPlan(ImportTarget.Of(order, image), image.Size, content) { Existing = order.Existing, Facts = image.Facts };
        return _arrival ??= await parts.Arrivals.BeginAsync(plan, order.By, cancellation);
    }

    private async Task FetchAsync(RemoteImage image, TorrentMetainfo torrent, Arrival arrival, CancellationToken cancellation)
    {
        var target = new DownloadTarget(torrent, arrival.FilePath)
        {
            WebSeeds = [source.Remote.At("images", image.Path)],
            Donors = parts.Copies.Of(arrival.Plan.Image, image.FullSum),
            ReservesSpace = true,
        };
        var settings = new DownloadSettings
        {
            Http = () => RemoteHttp.Create(source.Remote),
            RateLimit = source.Remote.RateLimit,
            Companions = new CompanionSettings { TimeToCome = order.IsSpread ? TimeForOthers : TimeSpan.Zero },
            StallTimeout = waiting.Limit < StallTimeout ? waiting.Limit : StallTimeout,
        };
        var download = new TorrentDownload(target, settings, parts.Time, parts.Logs.CreateLogger<TorrentDownload>());
        await arrival.FollowAsync([target.PartialPath, target.FilePath], download.Beginning);
        var running = parts.Giving.Run(download.RunAsync, cancellation);
        var whole = Task.WhenAny(download.Whole, running);
        var first = await WatchAsync(download, whole);
        var end = download.Snapshot();
        _tally.Add(end, ZeroPieces.BytesOf(torrent));
        if (running.IsFaulted && end.Verified == first && end.Discarded >= Math.Min(torrent.PieceLength, torrent.Length))
            throw new JobFailedException($"What comes of \"{image.Path}\" is wrong, and nothing right comes any more: {running.Exception!.InnerException!.Message}");
        await await whole;
    }

    /// <summary>Tells of the progress until nothing more is fetched.</summary>
    /// <returns>Bytes that were there when fetching began.</returns>
    private async Task<long> WatchAsync(TorrentDownload download, Task fetching)
    {
        long? first = null;
        long last = long.MaxValue;
        while (true)
        {
            var now = download.Snapshot();
            telling.Report(now.Verified, now.Length);
            if (now.Phase == DownloadPhase.Fetching)
                first ??= now.Verified;
            if (now.Verified > last)
                waiting.Renew();
            last = now.Verified;
            if (fetching.IsCompleted)
                return first ?? -1;
            await Task.WhenAny(fetching, Task.Delay(ReportInterval, parts.Time));
        }
    }
}
