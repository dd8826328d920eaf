using Agent.Common;
using Agent.Images;
using Agent.Indexing;
using Agent.Indexing.Hashing;

namespace Agent.Replication.Arriving;

/// <summary>The parts of the agent that an arrival needs.</summary>
/// <param name="Directory">Where the images are.</param>
/// <param name="Catalogue">What is there.</param>
/// <param name="Writer">Is told what comes.</param>
/// <param name="Uses">Who uses which image.</param>
/// <param name="Digests">Reads what has come.</param>
/// <param name="Addresses">What torrents name.</param>
/// <param name="Time">Clock.</param>
public sealed record ArrivalParts(
    ImageDirectory Directory, Catalogue Catalogue, CatalogueWriter Writer, ImageUses Uses, DigestPipeline Digests, Func<TorrentAddresses> Addresses, TimeProvider Time);

/// <summary>
/// Images on their way in, wherever they come from. Of each image one at a time; what a try that failed or died has brought stays for the next
/// one, until it is swept.
/// </summary>
public sealed partial class Arrivals(ArrivalParts parts, ILogger<Arrivals> logger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly HashSet<ImageId> _active = [];

    /// <summary>
    /// The image of that name where it has that content already: an earlier try was whole when the agent died, or somebody asks twice. To let it
    /// arrive once more would put it in place of its own backup.
    /// </summary>
    /// <param name="image">Which image.</param>
    /// <param name="expected">The content; at least one digest of it must be known.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<Image?> FindSameAsync(ImageId image, ExpectedContent expected, CancellationToken cancellation) => InTurnAsync(async () =>
    {
        while (parts.Catalogue.Current is { Revision: 0 } unread)
            await unread.Replaced.WaitAsync(cancellation);
        await TrySweepAsync(ArrivalFolder.Of(parts.Directory, image), DateTimeOffset.MinValue);
        var here = parts.Catalogue.Current.Find(image);
        return here?.Digests is { } digests && expected.IsOf(digests) && FileStamp.Of(parts.Directory.PathOf(image)) == here.Stamp ? here : null;
    }, cancellation);

    /// <summary>Locks the place of an image and makes ready what it is put together in. Its disposal unlocks the place.</summary>
    /// <param name="plan">What is to come.</param>
    /// <param name="by">Who brings it, as the end of a sentence: <c>job 01hz (import)</c>.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ArrivalRefusedException">The image is locked, in use, arriving already, or to stay.</exception>
    /// <exception cref="IOException">The image directory cannot be written.</exception>
    public Task<Arrival> BeginAsync(ArrivalPlan plan, string by, CancellationToken cancellation) => InTurnAsync(async () =>
    {
        RefuseTaken(plan);
        var folder = ArrivalFolder.Of(parts.Directory, plan.Image);
        var journal = Prepare(plan, folder);
        _active.Add(plan.Image);
        var use = parts.Uses.Begin(plan.Image, by);
        await parts.Writer.RefreshAsync([plan.Image], CancellationToken.None);
        return new Arrival(parts, plan, folder, journal, () =>
        {
            use.Dispose();
            return EndAsync(plan.Image);
        });
    }, cancellation);

    /// <summary>
    /// Puts right what dead arrivals left: what was whole comes to its place, the places of the others are unlocked, and what has
    /// not been touched since a moment is removed.
    /// </summary>
    public async Task SweepAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        foreach (var folder in ArrivalFolder.All(parts.Directory).ToList())
        {
            await InTurnAsync(async () =>
            {
                await TrySweepAsync(folder, before);
                return true;
            }, cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task TrySweepAsync(ArrivalFolder folder, DateTimeOffset before)
    {
        try
        {
            var journal = ArrivalJournal.Read(folder.Journal);
            if (!folder.Exists || (journal is not null && _active.Contains(journal.Image)))
                return;
            if (journal?.Verified is not null)
                await FinishAsync(folder, journal, journal.Verified);
            else
                await GiveUpAsync(folder, journal, before);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotSwept(folder.Root, e.Message);
        }
    }

    private async Task FinishAsync(ArrivalFolder folder, ArrivalJournal journal, ImageRecord verified)
    {
        var arrival = new Arrival(parts, new ArrivalPlan(journal.Image, journal.Length, journal.Content) { Existing = journal.Existing }, folder, journal, () => Task.CompletedTask);
        await arrival.MoveAsync(verified);
        LogFinished(journal.Image);
    }

    private async Task GiveUpAsync(ArrivalFolder folder, ArrivalJournal? journal, DateTimeOffset before)
    {
        if (journal is not null)
        {
            ArrivalLock.Release(parts.Directory.PathOf(journal.Image));
            await parts.Writer.RefreshAsync([journal.Image], CancellationToken.None);
        }
        if (folder.LastWritten >= before)
            return;
        folder.Remove();
        if (journal?.MadeDirectory == true)
            ArrivalFolder.RemoveIfEmpty(Path.GetDirectoryName(parts.Directory.PathOf(journal.Image))!);
        LogSwept(journal?.Image.RelativePath ?? folder.Root);
    }

    private void RefuseTaken(ArrivalPlan plan)
    {
        var path = parts.Directory.PathOf(plan.Image);
        if (!ImageType.IsFile(plan.Image.Type))
            throw new ArrivalRefusedException($"\"{plan.Image}\" would be a directory image, and only images that are files can arrive.");
        if (_active.Contains(plan.Image))
            throw new ArrivalRefusedException($"\"{plan.Image}\" is arriving already.");
        if (parts.Uses.UserOf(plan.Image) is { } user)
            throw new ArrivalRefusedException($"\"{plan.Image}\" is in use by {user}.");
        if (plan.Existing == ExistingImage.Refuse && FileStatus.OfLink(path) is not null && ArrivalJournal.Read(ArrivalFolder.Of(parts.Directory, plan.Image).Journal)?.Verified is null)
            throw new ArrivalRefusedException($"There is an image \"{plan.Image}\" already, and it was asked to stay.");
    }

    /// <summary>The folder and its journal come before the lock, so that every lock of ours has a folder that tells of it.</summary>
    private ArrivalJournal Prepare(ArrivalPlan plan, ArrivalFolder folder)
    {
        var place = Path.GetDirectoryName(parts.Directory.PathOf(plan.Image))!;
        var journal = ArrivalJournal.Read(folder.Journal);
        if (journal is null || journal.Image != plan.Image || journal.Content != plan.Content || journal.Length != plan.Length)
        {
            folder.Remove();
            journal = new ArrivalJournal(plan.Image, plan.Content, plan.Length, plan.Existing, !Directory.Exists(place), null);
            folder.Create();
        }
        journal = journal with { Existing = plan.Existing };
        journal.Write(folder.Journal);
        try
        {
            Directory.CreateDirectory(place);
            RefuseElsewhere(plan.Image, place);
            ArrivalLock.Take(parts.Directory.PathOf(plan.Image), folder.Lock);
            return journal;
        }
        catch
        {
            if (journal.MadeDirectory)
                ArrivalFolder.RemoveIfEmpty(place);
            throw;
        }
    }

    private void RefuseElsewhere(ImageId image, string place)
    {
        if (!parts.Directory.Holds(image))
            throw new ArrivalRefusedException($"{place} leads out of the image directory, so nothing is put into it.");
        if (FileStatus.Of(place)?.Device != FileStatus.Of(parts.Directory.Root)?.Device)
            throw new ArrivalRefusedException($"{place} is on another file system than the image directory, so no image can come into it by a rename.");
    }

    private Task<bool> EndAsync(ImageId image) => InTurnAsync(() =>
    {
        _active.Remove(image);
        return Task.FromResult(true);
    }, CancellationToken.None);

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

    [LoggerMessage(6001, LogLevel.Information, "{Image} had come whole when the agent ended, and is in its place now")]
    private partial void LogFinished(ImageId image);

    [LoggerMessage(6002, LogLevel.Information, "What had come of {Image} is removed: nobody has gone on with it")]
    private partial void LogSwept(string image);

    [LoggerMessage(6003, LogLevel.Warning, "{Folder}, the remains of an image that did not come whole, could not be put right: {Reason} It is tried again")]
    private partial void LogNotSwept(string folder, string reason);
}
