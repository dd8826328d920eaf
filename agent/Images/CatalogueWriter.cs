using System.Threading.Channels;
using Agent.Common;

namespace Agent.Images;

/// <summary>Where the catalogue is kept, and how long an image has to be quiet.</summary>
/// <param name="Repoinfo">Path of <c>repoinfo.json</c>.</param>
/// <param name="Records">Path of the records of <see cref="ImageRecordStore"/>.</param>
/// <param name="Settle">An image touched more recently than this is not taken yet.</param>
public sealed record CatalogueSettings(string Repoinfo, string Records, TimeSpan Settle);

/// <summary>
/// The one writer of the catalogue. Every change is a command to its loop, which looks at the image directory, brings the records up to
/// date and publishes, in this order: outdated sidecars are removed; records and <c>repoinfo.json</c> are written; the snapshot is
/// swapped; <c>.info</c> files that were taken over are deleted. Commands that wait together are published together.
/// </summary>
public sealed partial class CatalogueWriter : BackgroundService
{
    private const int MaxWaiting = 4_096;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly ImageDirectory _directory;
    private readonly ImageIntake _intake;
    private readonly Catalogue _catalogue;
    private readonly CatalogueSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<CatalogueWriter> _logger;
    private readonly Channel<CatalogueCommand> _inbox = Channel.CreateBounded<CatalogueCommand>(MaxWaiting);
    private readonly List<string> _spentInfos = [];
    private readonly HashSet<string> _reportedNames = [];
    private readonly RepoinfoFile _repoinfo;
    private ImageRecordStore _records = null!;
    private readonly SortedDictionary<ImageId, Image> _images = [];
    private ulong? _device;
    private bool _isSnapshotDue = true;
    private bool _isRepoinfoDue = true;
    private bool _isBehind;
    private long _looks;

    /// <summary>Wires the writer; nothing is read before it starts.</summary>
    public CatalogueWriter(
        ImageDirectory directory, ImageIntake intake, Catalogue catalogue, CatalogueSettings settings, TimeProvider time, ILogger<CatalogueWriter> logger)
    {
        (_directory, _intake, _catalogue, _settings, _time, _logger) = (directory, intake, catalogue, settings, time, logger);
        _repoinfo = new RepoinfoFile(settings.Repoinfo, directory.Configured);
    }

    /// <summary>Images looked at since the start: grows while a long look goes on, which keeps all other commands waiting.</summary>
    public long Looks => Interlocked.Read(ref _looks);

    /// <summary>Ends when all that was asked before is done: the loop works.</summary>
    public Task PingAsync(CancellationToken cancellation) => SendAsync(new CatalogueCommand.Ping(), cancellation);

    /// <summary>Looks at every image. Ends when the outcome is published.</summary>
    /// <exception cref="IOException">The image directory cannot be read; the catalogue is as it was.</exception>
    public Task<RefreshResult> RescanAsync(CancellationToken cancellation) => SendAsync(new CatalogueCommand.Rescan(), cancellation);

    /// <summary>Looks at some images. Ends when the outcome is published.</summary>
    public Task<RefreshResult> RefreshAsync(IReadOnlyCollection<ImageId> images, CancellationToken cancellation) =>
        SendAsync(new CatalogueCommand.Refresh(images), cancellation);

    /// <inheritdoc cref="RecordDigestsAsync(ImageId, FileStamp, ImageDigests, SidecarSet, CheckMark?, CancellationToken)"/>
    public Task RecordDigestsAsync(ImageId image, FileStamp stamp, ImageDigests digests, SidecarSet? sidecars, CancellationToken cancellation) =>
        RecordDigestsAsync(image, stamp, digests, sidecars, null, cancellation);

    /// <summary>
    /// Tells the digests of a content and the sidecars written for them. Ignored if the image has another content by now.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="stamp">Its content.</param>
    /// <param name="digests">Digests of that.</param>
    /// <param name="sidecars">The sidecars; null where they are not there.</param>
    /// <param name="check">What is known of the content by now; null where nothing new is.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task RecordDigestsAsync(
        ImageId image, FileStamp stamp, ImageDigests digests, SidecarSet? sidecars, CheckMark? check, CancellationToken cancellation) =>
        SendAsync(new CatalogueCommand.Indexed(image, stamp, digests, sidecars, check), cancellation);

    /// <summary>Tells what a look at every byte of a content found. Ignored if the image has another content by now.</summary>
    /// <param name="image">The image.</param>
    /// <param name="stamp">Its content.</param>
    /// <param name="check">What was found.</param>
    /// <param name="badPieces">See <see cref="Image.BadPieces"/>.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task RecordCheckAsync(ImageId image, FileStamp stamp, CheckMark check, string? badPieces, CancellationToken cancellation) =>
        SendAsync(new CatalogueCommand.Checked(image, stamp, check, badPieces), cancellation);

    /// <summary>
    /// Tells what was known of an image that is about to come back, from the trash or another repository, so that it need not be read
    /// again. Ignored if there is an image of that name.
    /// </summary>
    public Task RememberAsync(ImageRecord record, CancellationToken cancellation) => SendAsync(new CatalogueCommand.Remember(record), cancellation);

    /// <summary>
    /// Brings an image to its place with all that is known of it, in place of one that may be there: no reader sees the one without the other,
    /// and it is not read again. Its place must be locked, and be looked at again once it is not.
    /// </summary>
    /// <param name="record">What is known of the content that comes.</param>
    /// <param name="move">Moves it, by renames only; all of it or nothing.</param>
    /// <exception cref="IOException">As <paramref name="move"/> threw it; nothing has changed.</exception>
    public Task PlaceAsync(ImageRecord record, Action move) => SendAsync(new CatalogueCommand.Place(record, move), CancellationToken.None);

    /// <summary>Marks an image as global or local. Ignored if there is no such image.</summary>
    public Task SetScopeAsync(ImageId image, ImageScope scope, CancellationToken cancellation) =>
        SendAsync(new CatalogueCommand.SetScope(image, scope), cancellation);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        LoadKnown();
        var batch = new List<CatalogueCommand>();
        while (await WaitForWorkAsync(stoppingToken))
        {
            while (batch.Count < MaxWaiting && _inbox.Reader.TryRead(out var command))
                batch.Add(command);
            CarryOut(batch);
            batch.Clear();
        }
    }

    private async Task<RefreshResult> SendAsync(CatalogueCommand command, CancellationToken cancellation)
    {
        await _inbox.Writer.WriteAsync(command, cancellation);
        return await command.Done.Task.WaitAsync(cancellation);
    }

    /// <summary>Waits for a command, or, after a failed write, until it is time to try again.</summary>
    private async Task<bool> WaitForWorkAsync(CancellationToken stopping)
    {
        var command = _inbox.Reader.WaitToReadAsync(stopping).AsTask();
        if (!_isBehind)
            return await command;
        var next = await Task.WhenAny(command, Task.Delay(RetryAfter, _time, stopping));
        await next;
        return next != command || await command;
    }

    private void LoadKnown()
    {
        _records = ImageRecordStore.Open(_settings.Records, _time.GetUtcNow());
        if (_records.DamagedLines > 0)
            LogDamagedRecords(_settings.Records, _records.DamagedLines);
        var entries = _repoinfo.Load(out var rescued);
        if (rescued is not null)
            LogRescuedRepoinfo(_settings.Repoinfo, rescued);
        foreach (var entry in entries)
            Adopt(entry);
    }

    /// <summary>What the file says goes before what we remember: an administrator may have corrected it.</summary>
    private void Adopt(RepoinfoEntry entry)
    {
        var known = _records.Find(entry.Id) ?? new ImageRecord { Id = entry.Id, Facts = entry.Facts };
        _records.Put(known with { Facts = entry.Facts, Scope = entry.Scope });
    }

    private void CarryOut(List<CatalogueCommand> batch)
    {
        var outcomes = new List<(CatalogueCommand Command, RefreshResult Result)>(batch.Count);
        foreach (var command in batch)
        {
            try
            {
                outcomes.Add((command, Apply(command)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (command is not CatalogueCommand.Place)
                    LogFailedLook(_directory.Configured, e.Message);
                command.Done.TrySetException(e);
            }
        }
        Publish();
        foreach (var (command, result) in outcomes)
            command.Done.TrySetResult(result);
    }

    private RefreshResult Apply(CatalogueCommand command) => command switch
    {
        CatalogueCommand.Rescan => Rescan(),
        CatalogueCommand.Ping => new RefreshResult([]),
        CatalogueCommand.Refresh refresh => Look(refresh.Images),
        CatalogueCommand.Indexed indexed => Apply(indexed),
        CatalogueCommand.Checked @checked => Apply(@checked),
        CatalogueCommand.SetScope scope => Apply(scope),
        CatalogueCommand.Remember remember => Apply(remember),
        CatalogueCommand.Place place => Apply(place),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "unknown command"),
    };

    private RefreshResult Rescan()
    {
        var listing = _directory.List();
        RefuseEmptyMountPoint(listing);
        ReportUnreadable(listing);
        if (_catalogue.Current.Revision == 0)
            listing.Leftovers.ForEach(Remove);
        NoticeForeignRepoinfo();
        listing.Images.UnionWith(_images.Keys);
        listing.Images.UnionWith(_records.All.Where(record => record.GoneSince is null).Select(record => record.Id));
        return Look(listing.Images);
    }

    /// <summary>An unmounted file system leaves its empty mount point: that is no reason to forget every image.</summary>
    private void RefuseEmptyMountPoint(DirectoryListing listing)
    {
        var device = FileStatus.Of(_directory.Root)?.Device;
        if (_device is not null && device != _device && listing.Images.Count == 0 && _images.Count > 0)
            throw new IOException("it is empty and on another file system than before, so it is not mounted; the catalogue stays as it was");
        _device = device;
    }

    private RefreshResult Look(IReadOnlyCollection<ImageId> ids)
    {
        var unsettled = new List<ImageId>();
        foreach (var id in ids)
        {
            try
            {
                if (!Look(id))
                    unsettled.Add(id);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It stays as listed; the next rescan looks again.
                LogUnreadableImage(id, e.Message);
            }
        }
        return new RefreshResult(unsettled);
    }

    /// <summary>Brings one image up to date. False if it has to be looked at again once it is quiet.</summary>
    private bool Look(ImageId id)
    {
        Interlocked.Increment(ref _looks);
        var seen = _directory.Look(id);
        var record = _records.Find(id);
        if (seen.IsLocked)
            KeepLocked(seen, record);
        else if (!seen.Exists)
            Forget(id, record);
        else if (!seen.IsQuiet(_time.GetUtcNow(), _settings.Settle) && !IsSettled(seen, record))
            return false;
        else
            Take(seen, record);
        return true;
    }

    /// <summary>What is recorded with this very stamp was quiet already; only its mode, name or links were touched.</summary>
    private static bool IsSettled(ImageSighting seen, ImageRecord? record) =>
        record is not null && record.Stamp == seen.Content!.Value.Stamp && seen.Info is null;

    /// <summary>A locked image is never added or updated, but what is listed stays as long as the image or its lock is there.</summary>
    private void KeepLocked(ImageSighting seen, ImageRecord? record)
    {
        if (record is not { GoneSince: null })
            return;
        Set(ImageOf(record, seen) with { IsLocked = true });
    }

    private void Take(ImageSighting seen, ImageRecord? record)
    {
        var intake = _intake.Take(record, seen);
        foreach (var ending in intake.OutdatedSidecars)
            Remove(seen.Id.RelativePath + ending);
        if (intake.IsInfoSpent)
            _spentInfos.Add(seen.Id.RelativePath + Sidecar.Info);
        Set(ImageOf(_records.Put(intake.Record), seen));
        if (record is null || record.Stamp != intake.Record.Stamp)
            LogTaken(seen.Id, seen.Content!.Value.Stamp.Length);
    }

    private void Forget(ImageId id, ImageRecord? record)
    {
        if (record is not { GoneSince: null })
            return;
        _records.Put(record with { GoneSince = _time.GetUtcNow() });
        _isSnapshotDue |= _images.Remove(id);
        _isRepoinfoDue = true;
        foreach (var ending in Sidecar.Computed)
            Remove(id.RelativePath + ending);
        LogGone(id);
    }

    private RefreshResult Apply(CatalogueCommand.Indexed indexed)
    {
        var record = _records.Find(indexed.Image);
        if (record is { GoneSince: null } && record.Stamp == indexed.Stamp)
        {
            var known = record with { Digests = indexed.Digests, Sidecars = indexed.Sidecars };
            _records.Put(indexed.Check is { } check ? known with { Check = check, BadPieces = null } : known);
            return Look([indexed.Image]);
        }
        return new RefreshResult([]);
    }

    private RefreshResult Apply(CatalogueCommand.Checked command)
    {
        if (_images.TryGetValue(command.Image, out var image) && _records.Find(command.Image) is { GoneSince: null } record && record.Stamp == command.Stamp)
        {
            _records.Put(record with { Check = command.Check, BadPieces = command.BadPieces });
            Set(image with { Check = command.Check, BadPieces = command.BadPieces });
        }
        return new RefreshResult([]);
    }

    private RefreshResult Apply(CatalogueCommand.Remember command)
    {
        if (!_images.ContainsKey(command.Record.Id))
            _records.Put(command.Record with { GoneSince = _time.GetUtcNow() });
        return new RefreshResult([]);
    }

    private RefreshResult Apply(CatalogueCommand.Place command)
    {
        command.Move();
        _records.Put(command.Record with { GoneSince = null });
        return Look([command.Record.Id]);
    }

    private RefreshResult Apply(CatalogueCommand.SetScope command)
    {
        if (_images.TryGetValue(command.Image, out var image) && _records.Find(command.Image) is { } record)
        {
            _records.Put(record with { Scope = command.Scope });
            Set(image with { Scope = command.Scope });
        }
        return new RefreshResult([]);
    }

    private static Image ImageOf(ImageRecord record, ImageSighting seen) => new()
    {
        Id = record.Id,
        Stamp = record.Stamp ?? default,
        Facts = record.Facts,
        Scope = record.Scope,
        Permissions = seen.Permissions,
        BackupLength = seen.BackupLength,
        Digests = record.Digests,
        Sidecars = record.Sidecars is { } sidecars && seen.Has(sidecars) ? sidecars : null,
        Check = record.Check,
        BadPieces = record.BadPieces,
    };

    /// <summary>An equal image keeps its object, so that a look which finds nothing new makes no new snapshot.</summary>
    private void Set(Image image)
    {
        _images.TryGetValue(image.Id, out var known);
        if (known == image)
            return;
        _images[image.Id] = image;
        _isSnapshotDue = true;
        _isRepoinfoDue |= known is null || known.Facts != image.Facts || known.Scope != image.Scope;
    }

    private void Publish()
    {
        Save();
        if (_isSnapshotDue)
            _catalogue.Publish(_images.Values);
        _isSnapshotDue = false;
    }

    private void NoticeForeignRepoinfo()
    {
        if (!_repoinfo.IsForeign)
            return;
        LogForeignRepoinfo(_settings.Repoinfo);
        _isRepoinfoDue = true;
    }

    /// <summary>A full disk must not stop the catalogue: it goes on in memory, says so, and is written as soon as that works.</summary>
    private void Save()
    {
        try
        {
            _records.Flush();
            if (_isRepoinfoDue)
                _repoinfo.Save(_images.Values);
            _isRepoinfoDue = false;
            _spentInfos.ForEach(Remove);
            _spentInfos.Clear();
            if (_isBehind)
                LogSavedAgain(_settings.Repoinfo);
            _isBehind = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_isBehind)
                LogNotSaved(_settings.Repoinfo, e.Message, RetryAfter.TotalSeconds);
            _isBehind = true;
        }
    }

    private void Remove(string relativePath)
    {
        try
        {
            File.Delete(Path.Combine(_directory.Root, relativePath));
        }
        catch (DirectoryNotFoundException)
        {
            // Gone with its OU.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotRemoved(relativePath, e.Message);
        }
    }

    private void ReportUnreadable(DirectoryListing listing)
    {
        foreach (var name in listing.Unreadable.Where(_reportedNames.Add))
            LogUnreadableName(name);
    }

    [LoggerMessage(2010, LogLevel.Information, "{Image} taken into the catalogue ({Length} bytes)")]
    private partial void LogTaken(ImageId image, long length);

    [LoggerMessage(2011, LogLevel.Information, "{Image} is gone and leaves the catalogue")]
    private partial void LogGone(ImageId image);

    [LoggerMessage(2012, LogLevel.Error, "Image directory {Directory} could not be read: {Reason}")]
    private partial void LogFailedLook(string directory, string reason);

    [LoggerMessage(2013, LogLevel.Warning, "{Image} could not be looked at and stays as listed: {Reason}")]
    private partial void LogUnreadableImage(ImageId image, string reason);

    [LoggerMessage(2014, LogLevel.Error, "{Repoinfo} or the state directory could not be written: {Reason} The catalogue goes on in memory; next try in {Seconds} s")]
    private partial void LogNotSaved(string repoinfo, string reason, double seconds);

    [LoggerMessage(2015, LogLevel.Information, "{Repoinfo} is written again and up to date")]
    private partial void LogSavedAgain(string repoinfo);

    [LoggerMessage(2016, LogLevel.Warning, "{Path} could not be removed: {Reason}")]
    private partial void LogNotRemoved(string path, string reason);

    [LoggerMessage(2017, LogLevel.Warning, "\"{Name}\" is left out: its name is not valid UTF-8, so neither JSON nor a torrent can hold it; rename it")]
    private partial void LogUnreadableName(string name);

    [LoggerMessage(2018, LogLevel.Warning, "{Records}: {Count} lines could not be read; the images they told of are read again")]
    private partial void LogDamagedRecords(string records, int count);

    [LoggerMessage(2019, LogLevel.Error, "{Repoinfo} is no valid JSON: it was kept as {Copy} and is made anew from the images")]
    private partial void LogRescuedRepoinfo(string repoinfo, string copy);

    [LoggerMessage(2020, LogLevel.Warning, "{Repoinfo} was changed by another program and is written again; if OpenGnsys' cron job checkrepo still runs, stop it")]
    private partial void LogForeignRepoinfo(string repoinfo);
}
