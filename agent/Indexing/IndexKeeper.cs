using Agent.Common;
using Agent.Images;
using Agent.Indexing.Hashing;

namespace Agent.Indexing;

/// <summary>Puts digests where they belong: into sidecars beside the image, then into the catalogue.</summary>
/// <param name="directory">Where the images are.</param>
/// <param name="sidecars">Writes sidecars.</param>
/// <param name="writer">Is told the digests.</param>
/// <param name="addresses">What torrents name.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
public sealed partial class IndexKeeper(
    ImageDirectory directory, SidecarWriter sidecars, CatalogueWriter writer, Func<TorrentAddresses> addresses, TimeProvider time, ILogger<IndexKeeper> logger)
{
    private static readonly TimeSpan WhileDiskIsFull = TimeSpan.FromSeconds(10);

    /// <summary>Of what today's torrents name; see <see cref="TorrentAddresses.Fingerprint"/>.</summary>
    public string Fingerprint => addresses().Fingerprint;

    /// <summary>Keeps the digests of an image. Where it was indexed before, and differs now although nobody wrote to it, keeps that.</summary>
    /// <exception cref="FileChangedException">The image is not what was read any more.</exception>
    /// <exception cref="IOException">Sidecars cannot be written.</exception>
    public async Task SaveAsync(Image image, FileDigests digests, CheckMark check, CancellationToken cancellation)
    {
        if (digests.Stamp != image.Stamp)
            throw new FileChangedException(directory.PathOf(image.Id), "was replaced");
        if (IsRotten(image, digests))
        {
            LogRotten(image.Id, digests.FullMd5Hex, image.Digests!.FullMd5);
            await writer.RecordCheckAsync(image.Id, image.Stamp, image.Check.Damaged(time.GetUtcNow()), image.BadPieces, cancellation);
            return;
        }
        var (known, written) = await SaveAsync(() => sidecars.Write(image.Id, digests, addresses()), cancellation);
        RefuseChanged(image);
        await writer.RecordDigestsAsync(image.Id, image.Stamp, known, written, check, cancellation);
        if (image.Stamp.Length > 0 && !known.HasInfoHash)
            LogNoTorrent(image.Id);
    }

    /// <summary>Writes sidecars from what is known. False if the image has to be read for them.</summary>
    /// <inheritdoc cref="SaveAsync(Image, FileDigests, CheckMark, CancellationToken)" path="/exception"/>
    public async Task<bool> TryRestoreAsync(Image image, CancellationToken cancellation)
    {
        if (FileStamp.Of(directory.PathOf(image.Id)) != image.Stamp)
            throw new FileChangedException(directory.PathOf(image.Id), "was changed");
        if (await SaveAsync(() => sidecars.TryRestore(image, image.Digests!, addresses()), cancellation) is not { } restored)
            return false;
        RefuseChanged(image);
        await writer.RecordDigestsAsync(image.Id, image.Stamp, image.Digests!, restored, null, cancellation);
        return true;
    }

    /// <summary>A trusted image was never read, so that its digests prove nothing.</summary>
    private static bool IsRotten(Image image, FileDigests digests) =>
        image is { Digests: { } known, Check.State: not CheckState.Trusted } && known.FullMd5 != digests.FullMd5Hex;

    /// <summary>It changed after its last byte was read: what was just written belongs to nothing any more.</summary>
    private void RefuseChanged(Image image)
    {
        if (FileStamp.Of(directory.PathOf(image.Id)) == image.Stamp)
            return;
        sidecars.Remove(image.Id);
        throw new FileChangedException(directory.PathOf(image.Id), "changed");
    }

    /// <summary>Waits for room when the disk is full: what was computed is not thrown away, and nothing else could be written either.</summary>
    private async Task<T> SaveAsync<T>(Func<T> save, CancellationToken cancellation)
    {
        for (var isTold = false; ; isTold = true)
        {
            try
            {
                return save();
            }
            catch (IOException e) when (DiskFull.Is(e))
            {
                if (!isTold)
                    LogDiskFull(directory.Root, WhileDiskIsFull);
                await Task.Delay(WhileDiskIsFull, time, cancellation);
            }
        }
    }

    [LoggerMessage(2204, LogLevel.Error, "The file system of {Directory} is full: sums and torrents cannot be written. They are tried again every {Delay}; nothing is lost")]
    private partial void LogDiskFull(string directory, TimeSpan delay);

    [LoggerMessage(2205, LogLevel.Warning, "{Image} has a name that no torrent may carry, so it gets sums only; rename it to have it shared")]
    private partial void LogNoTorrent(ImageId image);

    [LoggerMessage(2207, LogLevel.Error, "{Image} is damaged: its MD5 is {Now} and was {Before}, though nobody has written to it. Repair it; or, if it is right as it is, touch it")]
    private partial void LogRotten(ImageId image, string now, string before);
}
