using System.Globalization;
using System.Security.Cryptography;
using Agent.Common;

namespace Agent.Images.Trash;

/// <summary>
/// The trash ('papelera'): deleted images on the same file system, so that deleting and restoring are renames. Nothing is ever replaced.
/// An entry is described before its image is moved; one whose image never arrived is swept when the trash is opened. One operation at
/// a time.
/// </summary>
public sealed partial class TrashBin : IDisposable
{
    private readonly string _root;
    private readonly ImageDirectory _directory;
    private readonly CatalogueWriter _writer;
    private readonly ImageUses _uses;
    private readonly TimeProvider _time;
    private readonly ILogger<TrashBin> _logger;
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>A trash at <paramref name="root"/>, which is made when something is deleted.</summary>
    public TrashBin(string root, ImageDirectory directory, CatalogueWriter writer, ImageUses uses, TimeProvider time, ILogger<TrashBin> logger) =>
        (_root, _directory, _writer, _uses, _time, _logger) = (root, directory, writer, uses, time, logger);

    /// <summary>What can be restored, oldest first.</summary>
    public IReadOnlyList<TrashEntry> List() => !Directory.Exists(_root)
        ? []
        : Directory.GetDirectories(_root).Select(TrashEntry.Read).OfType<TrashEntry>().Where(HasImage).OrderBy(entry => entry.Id, StringComparer.Ordinal).ToList();

    /// <summary>The entry of that id; null where there is none.</summary>
    public TrashEntry? Find(string id) => List().FirstOrDefault(entry => entry.Id == id);

    /// <summary>Moves an image with its sidecars to the trash.</summary>
    /// <param name="image">The image.</param>
    /// <param name="withBackup">Takes the backup (<c>.ant</c>) of its previous version along; else that stays.</param>
    /// <param name="cancellation">Ends the wait for other operations.</param>
    /// <exception cref="ImageInUseException">It is locked or in use.</exception>
    /// <exception cref="IOException">It cannot be moved, for example because the trash is on another file system; it is where it was.</exception>
    public Task<TrashEntry> DeleteAsync(Image image, bool withBackup, CancellationToken cancellation) => InTurnAsync(async () =>
    {
        RefuseUsed(image.Id);
        var entry = Describe(image);
        var place = Path.Combine(_root, entry.Id);
        try
        {
            Rename.WithoutReplacing(_directory.PathOf(image.Id), PlaceOf(entry));
        }
        catch (IOException)
        {
            Directory.Delete(place, recursive: true);
            throw;
        }
        MoveSidecars(_directory.PathOf(image.Id), PlaceOf(entry), withBackup);
        await _writer.RefreshAsync([image.Id], cancellation);
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
        await EraseAsync(entry, cancellation);
    }

    /// <summary>Puts a deleted image back where it was.</summary>
    /// <exception cref="ImageInUseException">There is an image of that name, or its place is locked; the entry stays.</exception>
    /// <exception cref="IOException">It cannot be moved; the entry stays.</exception>
    public Task RestoreAsync(TrashEntry entry, CancellationToken cancellation) => InTurnAsync(async () =>
    {
        var target = _directory.PathOf(entry.Image);
        RefuseUsed(entry.Image);
        if (FileStatus.OfLink(target) is not null)
            throw new ImageInUseException($"There is an image \"{entry.Image}\" already: delete or rename it before the one from the trash is restored.");
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (entry.Record is { } record)
            await _writer.RememberAsync(record, cancellation);
        Rename.WithoutReplacing(PlaceOf(entry), target);
        MoveSidecars(PlaceOf(entry), target, withBackup: true);
        Directory.Delete(Path.Combine(_root, entry.Id), recursive: true);
        await _writer.RefreshAsync([entry.Image], cancellation);
        LogRestored(entry.Image, entry.Id);
        return true;
    }, cancellation);

    /// <summary>Deletes an entry for good.</summary>
    public Task EraseAsync(TrashEntry entry, CancellationToken cancellation) => InTurnAsync(
        () => Task.Run(() =>
        {
            Directory.Delete(Path.Combine(_root, entry.Id), recursive: true);
            LogErased(entry.Image, entry.Id);
            return true;
        }, cancellation),
        cancellation);

    /// <summary>Erases what was deleted before a moment, and what a crash left half moved.</summary>
    public async Task SweepAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        foreach (var entry in List().Where(entry => entry.DeletedAt < before))
            await EraseAsync(entry, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private bool HasImage(TrashEntry entry) => FileStatus.OfLink(PlaceOf(entry)) is not null;

    /// <summary>Absolute path of the image of an entry; its sidecars stand beside it.</summary>
    public string PathOf(TrashEntry entry) => PlaceOf(entry);

    private string PlaceOf(TrashEntry entry) => Path.Combine(_root, entry.Id, entry.Image.RelativePath);

    private TrashEntry Describe(Image image)
    {
        var now = _time.GetUtcNow();
        var id = now.ToString("yyyyMMdd-HHmmss-", CultureInfo.InvariantCulture) + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var entry = new TrashEntry(id, image.Id, now, image.IsFile ? image.Stamp.Length : 0, ImageRecord.Of(image));
        var place = Path.Combine(_root, id);
        Directory.CreateDirectory(Path.GetDirectoryName(PlaceOf(entry))!);
        AtomicFile.Write(Path.Combine(place, TrashEntry.FileName), entry.ToJson());
        AtomicFile.FlushDirectory(_root);
        return entry;
    }

    private void RefuseUsed(ImageId id)
    {
        if (FileStatus.OfLink(_directory.PathOf(id, Sidecar.Lock)) is not null)
            throw new ImageInUseException($"\"{id}\" is locked: somebody writes or uses it ({id}.lock stands beside it).");
        if (_uses.UserOf(id) is { } user)
            throw new ImageInUseException($"\"{id}\" is in use by {user}.");
    }

    private static void MoveSidecars(string from, string to, bool withBackup)
    {
        string[] own = [Sidecar.Info, .. Sidecar.Computed];
        string[] ofBackup = [Sidecar.Backup, .. own.Select(ending => ending + Sidecar.Backup)];
        foreach (var ending in withBackup ? [.. own, .. ofBackup] : own)
        {
            if (FileStatus.OfLink(from + ending) is not null && FileStatus.OfLink(to + ending) is null)
                MoveIfThere(from + ending, to + ending);
        }
        AtomicFile.FlushDirectory(Path.GetDirectoryName(from)!);
        AtomicFile.FlushDirectory(Path.GetDirectoryName(to)!);
    }

    /// <summary>The catalogue, which sees the image gone, removes its computed sidecars at the same time; they can be made again.</summary>
    private static void MoveIfThere(string from, string to)
    {
        try
        {
            Rename.WithoutReplacing(from, to);
        }
        catch (IOException) when (FileStatus.OfLink(from) is null)
        {
            // Gone since it was looked at.
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
}
