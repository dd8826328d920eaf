using System.Globalization;
using System.Security.Cryptography;
using Agent.Common;

namespace Agent.Images.Trash;

/// <summary>
/// The trash ('papelera'): deleted images on the same file system, so that deleting and restoring are renames. Nothing is ever replaced.
/// An entry is described before its image is moved, and the image moves last: a deletion that a crash broke off is undone by the first sweep, a
/// restoration can be asked for again. One operation at a time.
/// </summary>
public sealed partial class TrashBin : IDisposable
{
    private static readonly string[] OwnSidecars = [Sidecar.Info, .. Sidecar.Computed];
    private static readonly string[] OfBackup = [Sidecar.Backup, .. OwnSidecars.Select(ending => ending + Sidecar.Backup)];

    private readonly TrashFolder _folder;
    private readonly ImageDirectory _directory;
    private readonly CatalogueWriter _writer;
    private readonly ImageUses _uses;
    private readonly TimeProvider _time;
    private readonly ILogger<TrashBin> _logger;
    private readonly SemaphoreSlim _turn = new(1);
    private bool _isRecovered;

    /// <summary>A trash at <paramref name="root"/>, which is made when something is deleted.</summary>
    public TrashBin(string root, ImageDirectory directory, CatalogueWriter writer, ImageUses uses, TimeProvider time, ILogger<TrashBin> logger) =>
        (_folder, _directory, _writer, _uses, _time, _logger) = (new TrashFolder(root), directory, writer, uses, time, logger);

    /// <summary>What can be restored, oldest first.</summary>
    public IReadOnlyList<TrashEntry> List() => _folder.List();

    /// <summary>The entry of that id; null where there is none.</summary>
    public TrashEntry? Find(string id) => List().FirstOrDefault(entry => entry.Id == id);

    /// <summary>Moves an image with its sidecars to the trash.</summary>
    /// <param name="image">The image.</param>
    /// <param name="withBackup">Takes the backup (<c>.ant</c>) of its previous version along; else that stays.</param>
    /// <param name="cancellation">Ends the wait for other operations.</param>
    /// <exception cref="ImageInUseException">It is locked or in use.</exception>
    /// <exception cref="FileNotFoundException">It is gone.</exception>
    /// <exception cref="IOException">It cannot be moved, for example because the trash is on another file system; it is where it was.</exception>
    public Task<TrashEntry> DeleteAsync(Image image, bool withBackup, CancellationToken cancellation) => InTurnAsync(async () =>
    {
        RefuseUsed(image.Id);
        var entry = EntryOf(image);
        MoveIn(entry, withBackup);
        await TellCatalogueAsync(image.Id, cancellation);
        LogDeleted(image.Id, entry.Id);
        return entry;
    }, cancellation);

    /// <summary>Deletes an image with its sidecars for good.</summary>
    /// <inheritdoc cref="DeleteAsync" path="/param"/>
    /// <inheritdoc cref="DeleteAsync" path="/exception"/>
    public async Task DeletePermanentlyAsync(Image image, bool withBackup, CancellationToken cancellation)
    {
        // Through the trash: the image vanishes at once and whole, however long its blocks take to be freed.
        var entry = await DeleteAsync(image, withBackup, cancellation);
        await EraseAsync(entry, CancellationToken.None);
    }

    /// <summary>Puts a deleted image back where it was.</summary>
    /// <exception cref="ImageInUseException">There is an image of that name, or its place is locked; the entry stays.</exception>
    /// <exception cref="FileNotFoundException">The entry is gone.</exception>
    /// <exception cref="IOException">It cannot be moved; the entry stays.</exception>
    public Task RestoreAsync(TrashEntry entry, CancellationToken cancellation) => InTurnAsync(async () =>
    {
        var target = _directory.PathOf(entry.Image);
        RefuseUsed(entry.Image);
        RefuseTaken(entry, target);
        if (entry.Record is { } record)
            await _writer.RememberAsync(record, cancellation);
        ImageMove.Carry(Parts(_folder.PlaceOf(entry), target, withBackup: true), (_folder.PlaceOf(entry), target));
        _folder.Erase(entry);
        await TellCatalogueAsync(entry.Image, cancellation);
        LogRestored(entry.Image, entry.Id);
        return true;
    }, cancellation);

    /// <summary>Deletes an entry for good; false where it is gone already.</summary>
    /// <exception cref="IOException">Not all of it could be deleted; the rest is no entry any more, and the next start deletes it.</exception>
    public Task<bool> EraseAsync(TrashEntry entry, CancellationToken cancellation) => InTurnAsync(
        () => Task.Run(() =>
        {
            var isErased = _folder.Erase(entry);
            if (isErased)
                LogErased(entry.Image, entry.Id);
            return isErased;
        }, CancellationToken.None),
        cancellation);

    /// <summary>Erases what was deleted before a moment; the first time also puts right what a crash left half moved.</summary>
    /// <exception cref="IOException">Something could not be erased or put right.</exception>
    public async Task SweepAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        if (!_isRecovered)
            await InTurnAsync(RecoverAsync, cancellation);
        foreach (var entry in List().Where(entry => entry.DeletedAt < before))
            await EraseAsync(entry, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>Absolute path of the image of an entry; its sidecars stand beside it.</summary>
    public string PathOf(TrashEntry entry) => _folder.PlaceOf(entry);

    private TrashEntry EntryOf(Image image)
    {
        var now = _time.GetUtcNow();
        var id = now.ToString(TrashEntry.TimeFormat, CultureInfo.InvariantCulture) + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TrashEntry.RandomBytes));
        return new TrashEntry(id, image.Id, now, image.IsFile ? image.Stamp.Length : 0, ImageRecord.Of(image));
    }

    private void MoveIn(TrashEntry entry, bool withBackup)
    {
        var image = _directory.PathOf(entry.Image);
        try
        {
            _folder.Create(entry);
            var move = ImageMove.Carry(Parts(image, _folder.PlaceOf(entry), withBackup), (image, _folder.PlaceOf(entry)));
            // Somebody may have begun to use it after the first look. From here on, nobody finds it any more.
            if (ReasonOfUse(entry.Image) is { } reason)
            {
                move.Undo();
                throw new ImageInUseException(reason);
            }
        }
        catch (IOException)
        {
            if (!_folder.HasImage(entry))
                _folder.Erase(entry);
            throw;
        }
    }

    /// <summary>
    /// What a crash broke off is undone: sidecars go back to their image, wherever that was left. An entry without image, whose image is nowhere
    /// else either, holds nothing that anybody could use.
    /// </summary>
    private Task<bool> RecoverAsync()
    {
        foreach (var entry in _folder.Unfinished())
        {
            var image = _directory.PathOf(entry.Image);
            if (FileStatus.OfLink(image) is not null)
                ImageMove.CarrySidecars(Parts(_folder.PlaceOf(entry), image, withBackup: true));
            _folder.Erase(entry);
            LogRecovered(entry.Image, entry.Id);
        }
        _folder.EraseRemains();
        return Task.FromResult(_isRecovered = true);
    }

    private void RefuseUsed(ImageId id)
    {
        if (ReasonOfUse(id) is { } reason)
            throw new ImageInUseException(reason);
    }

    private string? ReasonOfUse(ImageId id) => FileStatus.OfLink(_directory.PathOf(id, Sidecar.Lock)) is not null
        ? $"\"{id}\" is locked: somebody writes or uses it ({id}.lock stands beside it)."
        : _uses.UserOf(id) is { } user ? $"\"{id}\" is in use by {user}." : null;

    private void RefuseTaken(TrashEntry entry, string target)
    {
        if (!_folder.HasImage(entry))
            throw new FileNotFoundException($"The trash has no entry {entry.Id} any more.");
        if (FileStatus.OfLink(target) is not null)
            throw new ImageInUseException($"There is an image \"{entry.Image}\" already: delete or rename it before the one from the trash is restored.");
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (!_directory.Holds(entry.Image))
            throw new IOException($"{Path.GetDirectoryName(target)} leads out of the image directory, so nothing is restored into it.");
    }

    private static IEnumerable<(string From, string To)> Parts(string from, string to, bool withBackup) =>
        (withBackup ? OwnSidecars.Concat(OfBackup) : OwnSidecars).Select(ending => (from + ending, to + ending));

    /// <summary>What was moved is moved, even if nobody waits any more for the catalogue to have seen it.</summary>
    private async Task TellCatalogueAsync(ImageId image, CancellationToken cancellation)
    {
        try
        {
            await _writer.RefreshAsync([image], cancellation);
        }
        catch (OperationCanceledException)
        {
            // The catalogue learns of it by the watcher.
        }
    }

    private async Task<T> InTurnAsync<T>(Func<Task<T>> operation, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return await operation();
        }
        finally
        {
            _turn.Release();
        }
    }

    [LoggerMessage(2030, LogLevel.Information, "{Image} was moved to the trash as {Entry}")]
    private partial void LogDeleted(ImageId image, string entry);

    [LoggerMessage(2031, LogLevel.Information, "{Image} was restored from trash entry {Entry}")]
    private partial void LogRestored(ImageId image, string entry);

    [LoggerMessage(2032, LogLevel.Information, "{Image} was erased from the trash, entry {Entry}")]
    private partial void LogErased(ImageId image, string entry);

    [LoggerMessage(2033, LogLevel.Warning, "The move of {Image} into or out of trash entry {Entry} was broken off by a crash and is undone")]
    private partial void LogRecovered(ImageId image, string entry);
}
