using System.Buffers;
using Agent.Common;
using Agent.Images;
using Microsoft.Win32.SafeHandles;

namespace Agent.Replication.Legacy;

/// <summary>What is to be brought to a legacy server.</summary>
/// <param name="Image">The image here, with digests.</param>
/// <param name="Ou">Its OU there; empty for none, null for the one that it has here.</param>
/// <param name="KeepsExisting">Whether an image of that name is kept there as its backup (<c>.ant</c>); else it stays, and this one is refused.</param>
public sealed record LegacyExportPlan(Image Image, string? Ou, bool KeepsExisting);

/// <summary>What was brought.</summary>
/// <param name="Image">What it is called there.</param>
/// <param name="Sent">Bytes that went over the network in this run; 0 where the same image was there already.</param>
public sealed record LegacyExportOutcome(ImageId Image, long Sent);

/// <summary>
/// Brings an image to a legacy server: into a hidden file beside its place, which <c>dd</c> writes from any byte on, read and compared there, and
/// renamed with its sidecars when it is right. Its place is locked meanwhile.
/// </summary>
/// <param name="directory">Where the images are.</param>
public sealed class LegacyExport(ImageDirectory directory)
{
    private const int MostTries = 2;

    /// <summary>Nobody waits longer for the remains of a cancelled export to be removed.</summary>
    private static readonly TimeSpan CleaningLimit = TimeSpan.FromSeconds(30);

    /// <summary>Brings an image.</summary>
    /// <param name="plan">Which one, and where to.</param>
    /// <param name="transfer">The way there.</param>
    /// <param name="isGoingOn">Asked at a cancellation: true where a later run goes on with what was brought, so that it stays there, locked.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="LegacyRefusalException">Its place there is taken, locked, or may not be written to.</exception>
    /// <exception cref="SshException">The server cannot be reached, or is full.</exception>
    /// <exception cref="IOException">The image cannot be read, or has changed.</exception>
    public async Task<LegacyExportOutcome> RunAsync(LegacyExportPlan plan, LegacyTransfer transfer, Func<bool> isGoingOn, CancellationToken cancellation)
    {
        var id = new ImageId(plan.Ou is null ? plan.Image.Id.Ou : plan.Ou is "" ? null : plan.Ou, plan.Image.Id.Name, plan.Image.Id.Type);
        var partial = new RemotePartial(id, plan.Image.Digests!.FullMd5);
        var place = new LegacyPlace(transfer.Server, partial, plan.Image, plan.KeepsExisting);
        using var file = Open(plan.Image);
        if (await IsThereAsync(id, plan.Image, partial, transfer, cancellation))
        {
            await transfer.AskAsync(_ => DoneAsync(place.FinishAsync(cancellation)), cancellation);
            transfer.Tell($"\"{id}\" is at {transfer.Server.Target} already, with the same content.");
            return new LegacyExportOutcome(id, 0);
        }
        try
        {
            var sent = await SendAsync(place, file, plan.Image, transfer, cancellation);
            await transfer.AskAsync(_ => DoneAsync(place.PlaceAsync(cancellation)), cancellation);
            return new LegacyExportOutcome(id, sent);
        }
        catch (Exception e) when (!(cancellation.IsCancellationRequested && isGoingOn()))
        {
            await CleanAsync(place, LeavesNothing(e), transfer.Tell);
            throw;
        }
    }

    /// <summary>What a lost connection left is worth going on with; what was cancelled, refused or has no room is not.</summary>
    private static bool LeavesNothing(Exception e) => e is not SshException { IsTransient: true };

    private SafeFileHandle Open(Image image)
    {
        var file = File.OpenHandle(directory.PathOf(image.Id));
        try
        {
            RefuseChanged(file, image);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void RefuseChanged(SafeFileHandle file, Image image)
    {
        if (FileStamp.Of(file) != image.Stamp)
            throw new IOException($"\"{image.Id}\" was changed here meanwhile: export it again once it is indexed.");
    }

    /// <summary>
    /// True where the same content has the name already: the whole was brought, and the connection broke before the server could say so, or
    /// somebody asks twice.
    /// </summary>
    private static async Task<bool> IsThereAsync(ImageId id, Image image, RemotePartial partial, LegacyTransfer transfer, CancellationToken cancellation)
    {
        var there = await transfer.AskAsync(server => server.TryDescribeAsync(id, cancellation), cancellation);
        if (there is null || there.Length != image.Stamp.Length || (there.FullSum is { } sum && sum != partial.FullMd5))
            return false;
        if (there.IsLocked && !await IsOurLockAsync(id, partial, transfer, cancellation))
            return false;
        transfer.Tell($"{transfer.Server.Target} has an image of this name and size: its MD5 is computed there.");
        return await transfer.AskAsync(server => server.DigestAsync(id.RelativePath, there.Length, cancellation), cancellation) == partial.FullMd5;
    }

    private static async Task<bool> IsOurLockAsync(ImageId id, RemotePartial partial, LegacyTransfer transfer, CancellationToken cancellation) =>
        await transfer.AskAsync(server => server.LockTextAsync(id, cancellation), cancellation) == partial.LockText;

    /// <summary>Sends what is missing there until all of it is right, and tells how many bytes that were.</summary>
    private static async Task<long> SendAsync(LegacyPlace place, SafeFileHandle file, Image image, LegacyTransfer transfer, CancellationToken cancellation)
    {
        var sent = 0L;
        for (var attempt = 1; ; attempt++)
        {
            var reached = 0L;
            await transfer.Retries.RunAsync(() => SendRestAsync(place, file, image, transfer, (from, to) => (reached, sent) = (to, sent + to - from), cancellation), () => reached, cancellation);
            transfer.Tell("All of it is there: its MD5 is computed there.");
            var digest = await transfer.AskAsync(_ => place.DigestAsync(cancellation), cancellation);
            RefuseChanged(file, image);
            if (digest == image.Digests!.FullMd5)
                return sent;
            await transfer.AskAsync(_ => DoneAsync(place.DiscardAsync(cancellation)), cancellation);
            transfer.Tell($"What is there is wrong: its MD5 is {digest}, expected {image.Digests.FullMd5}. It was removed there.");
            if (attempt == MostTries)
                throw new IOException($"\"{image.Id}\" arrived wrong at {transfer.Server.Target} {attempt} times: check the image here (check-image) and the disk there.");
        }
    }

    /// <summary>Sends what is missing at the end by one connection.</summary>
    private static async Task<bool> SendRestAsync(
        LegacyPlace place, SafeFileHandle file, Image image, LegacyTransfer transfer, Action<long, long> moved, CancellationToken cancellation)
    {
        var offset = await place.PrepareAsync(cancellation);
        if (offset > image.Stamp.Length)
        {
            await place.DiscardAsync(cancellation);
            offset = 0;
        }
        if (offset > 0)
            transfer.Tell($"{offset} of {image.Stamp.Length} bytes are there already.");
        transfer.Report(offset, image.Stamp.Length);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(LegacyTransfer.LongestStall);
        var block = ArrayPool<byte>.Shared.Rent(LegacyTransfer.BlockSize);
        try
        {
            await using var session = await place.OpenAsync(offset, silence.Token);
            while (offset < image.Stamp.Length)
            {
                var count = await RandomAccess.ReadAsync(file, block.AsMemory(0, LegacyTransfer.BlockSize), offset, cancellation);
                if (count == 0)
                    RefuseChanged(file, image);
                await session.WriteAsync(block.AsMemory(0, count));
                moved(offset, offset += count);
                transfer.Report(offset, image.Stamp.Length);
                await transfer.WaitAsync(count, cancellation);
                silence.CancelAfter(LegacyTransfer.LongestStall);
            }
            await session.CloseInputAsync();
            await session.EndAsync();
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw transfer.Stalled();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static async Task CleanAsync(LegacyPlace place, bool withPartial, Action<string> tell)
    {
        using var limit = new CancellationTokenSource(CleaningLimit);
        try
        {
            await place.AbandonAsync(withPartial, limit.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            tell($"The lock there could not be removed: {e.Message}. The next export of this content takes it over.");
        }
    }

    private static async Task<bool> DoneAsync(Task step)
    {
        await step;
        return true;
    }
}
