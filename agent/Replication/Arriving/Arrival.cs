using Agent.Common;
using Agent.Images;
using Agent.Indexing;
using Agent.Indexing.Hashing;

namespace Agent.Replication.Arriving;

/// <summary>
/// One image on its way in. Whoever brings it writes <see cref="FilePath"/>, by whatever way, and then calls <see cref="PlaceAsync"/>; what was
/// written stays for the next try unless it is discarded. Not for several threads.
/// </summary>
public sealed class Arrival : IAsyncDisposable
{
    private readonly ArrivalParts _parts;
    private readonly ArrivalPlan _plan;
    private readonly ArrivalFolder _folder;
    private readonly Func<Task> _end;
    private ArrivalJournal _journal;
    private FollowingDigests? _following;

    internal Arrival(ArrivalParts parts, ArrivalPlan plan, ArrivalFolder folder, ArrivalJournal journal, Func<Task> end) =>
        (_parts, _plan, _folder, _journal, _end) = (parts, plan, folder, journal, end);

    /// <summary>
    /// Where the bytes are to be put. Beside it everything may stand that begins with its name. What is there already is of an earlier try to
    /// bring the same content, and proves nothing.
    /// </summary>
    public string FilePath => _folder.Image;

    /// <summary>What becomes of an image that arrives here, and how it is called.</summary>
    public ArrivalPlan Plan => _plan;

    /// <summary>True where all of it has come in an earlier try, and was verified: there is nothing to bring any more.</summary>
    public bool IsVerified => _journal.Verified is not null;

    /// <summary>Sets aside the blocks of a file that will be <see cref="ArrivalPlan.Length"/> long, without changing its size.</summary>
    /// <param name="path">The file, for example <see cref="FilePath"/>; made where it is missing.</param>
    /// <exception cref="IOException">The file system has not so much room; see <see cref="DiskFull"/>.</exception>
    public void Reserve(string path)
    {
        using var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        DiskSpace.Reserve(file, 0, _plan.Length);
    }

    /// <summary>Begins to read what comes while it comes, in place of what was followed before: <see cref="PlaceAsync"/> then has less to read.</summary>
    /// <param name="paths">Where it is written: <see cref="FilePath"/>, or before that whatever is renamed to it in the end.</param>
    /// <param name="beginning">How much of it is there.</param>
    public async Task FollowAsync(IReadOnlyList<string> paths, Beginning beginning)
    {
        await StopFollowingAsync();
        if (_plan.Length > 0)
            _following = _parts.Digests.Follow(paths, _plan.Length, beginning);
    }

    /// <summary>
    /// Reads what has come, and, if it is what it has to be, gives it its sidecars and its place: at once and whole, the old image kept as the
    /// plan says. Afterwards the arrival is at its end.
    /// </summary>
    /// <param name="expected">What it has to be.</param>
    /// <param name="progress">Is told the bytes read.</param>
    /// <param name="cancellation">Ends the reading; the moves are not cut short.</param>
    /// <returns>The image as it is in the catalogue; null if somebody was fast and removed it.</returns>
    /// <exception cref="WrongContentException">It is something else. Nothing of it is kept.</exception>
    /// <exception cref="ArrivalRefusedException">There is an image of that name by now, and it is to stay.</exception>
    /// <exception cref="IOException">It cannot be read, its sidecars cannot be written, or it cannot be moved. Everything is as it was.</exception>
    public async Task<Image?> PlaceAsync(ExpectedContent expected, IProgress<long>? progress, CancellationToken cancellation)
    {
        await MoveAsync(_journal.Verified ?? await VerifyAsync(expected, progress, cancellation));
        return _parts.Catalogue.Current.Find(_plan.Image);
    }

    /// <summary>Removes all that has come.</summary>
    public void Discard() => _folder.Remove();

    /// <summary>Unlocks the place of the image.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopFollowingAsync();
        ArrivalLock.Release(_parts.Directory.PathOf(_plan.Image));
        if (_journal.MadeDirectory)
            ArrivalFolder.RemoveIfEmpty(Path.GetDirectoryName(_parts.Directory.PathOf(_plan.Image))!);
        await _parts.Writer.RefreshAsync([_plan.Image], CancellationToken.None);
        await _end();
    }

    /// <summary>Moves what is verified to its place, unlocks that, and removes the folder with the backup that was there before.</summary>
    internal async Task MoveAsync(ImageRecord verified)
    {
        var image = _parts.Directory.PathOf(_plan.Image);
        try
        {
            ArrivalLock.Take(image, _folder.Lock);
            await _parts.Writer.PlaceAsync(verified, new Placement(_folder, image, _plan.Existing).Run);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Told as failed, it must not come to its place later by itself.
            Note(_journal with { Verified = null });
            throw;
        }
        ArrivalLock.Release(image);
        await _parts.Writer.RefreshAsync([_plan.Image], CancellationToken.None);
        _folder.Remove();
    }

    /// <summary>Reads what has come, makes its sidecars, and notes that only the moves are left.</summary>
    internal async Task<ImageRecord> VerifyAsync(ExpectedContent expected, IProgress<long>? progress, CancellationToken cancellation)
    {
        if (FileStatus.OfLink(FilePath) is not { IsRegular: true } status || status.Stamp.Length != _plan.Length)
            throw Wrong($"it has {FileStatus.OfLink(FilePath)?.Stamp.Length.ToString() ?? "no"} bytes, expected {_plan.Length}");
        File.SetUnixFileMode(FilePath, AtomicFile.Public);
        var digests = await DigestAsync(progress, cancellation);
        Compare("MD5", digests.FullMd5Hex, expected.FullMd5);
        Compare("SHA-256", digests.Sha256Hex, expected.Sha256);
        var (known, sidecars) = SidecarWriter.Write(_plan.Image, digests, _parts.Addresses(), FilePath);
        Compare("info-hash", known.InfoHash, expected.InfoHash);
        Flush();
        var record = new ImageRecord
        {
            Id = _plan.Image,
            Stamp = digests.Stamp,
            Facts = _plan.Facts,
            Scope = _parts.Catalogue.Current.Find(_plan.Image)?.Scope ?? ImageScope.Local,
            Digests = known,
            Sidecars = sidecars,
            Check = CheckMark.Good(_parts.Time.GetUtcNow()),
        };
        Note(_journal with { Verified = record });
        return record;
    }

    private async Task<FileDigests> DigestAsync(IProgress<long>? progress, CancellationToken cancellation)
    {
        if (_following is { } following)
        {
            _following = null;
            await using (following)
            {
                try
                {
                    return await following.FinishAsync(FilePath, progress, cancellation);
                }
                catch (IOException)
                {
                    // Whatever was read there, this is the file that counts.
                }
            }
        }
        return await _parts.Digests.ComputeAsync(FilePath, progress, cancellation, ReadPriority.Requested);
    }

    private async Task StopFollowingAsync()
    {
        if (_following is not null)
            await _following.DisposeAsync();
        _following = null;
    }

    private void Compare(string digest, string found, string? expected)
    {
        if (expected is not null && found != expected)
            throw Wrong($"its {digest} is {found}, expected {expected}");
    }

    private WrongContentException Wrong(string what)
    {
        Discard();
        return new WrongContentException($"What came of \"{_plan.Image}\" is wrong: {what}. It was thrown away.");
    }

    /// <summary>It must be on the disk before the journal says that it is whole.</summary>
    private void Flush()
    {
        using (var file = File.OpenHandle(FilePath, FileMode.Open, FileAccess.ReadWrite))
            RandomAccess.FlushToDisk(file);
        AtomicFile.FlushDirectory(_folder.Root);
    }

    private void Note(ArrivalJournal journal)
    {
        if (_folder.Exists)
            journal.Write(_folder.Journal);
        _journal = journal;
    }
}
