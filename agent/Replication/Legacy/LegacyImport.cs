using System.Buffers;
using Agent.Common;
using Agent.Images;
using Agent.Replication.Arriving;
using Microsoft.Win32.SafeHandles;

namespace Agent.Replication.Legacy;

/// <summary>What is to be brought from a legacy server.</summary>
/// <param name="Image">Name there, with or without OU and extension.</param>
/// <param name="Ou">OU that it gets here; empty for none, null for the one that it has there.</param>
/// <param name="Existing">What becomes of an image of that name here.</param>
/// <param name="By">Who brings it, as the end of a sentence.</param>
public sealed record LegacyImportPlan(string Image, string? Ou, ExistingImage Existing, string By);

/// <summary>What was brought.</summary>
/// <param name="Image">What it is called here.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="Received">Bytes that came over the network in this run; the others an earlier one had brought.</param>
public sealed record LegacyImportOutcome(ImageId Image, long Length, long Received);

/// <summary>
/// Brings an image from a legacy server. Its bytes come by <c>tail -c +N</c> over ssh rather than by rsync or sftp: that needs no program there that
/// OpenGnsys has not, goes on at any byte without reading again what is there on either side, and leaves rate, progress and writing to the agent.
/// What has come is read once, whole, while it comes, and compared with the MD5 of the server, so that no doubtful byte of an earlier try can stay.
/// </summary>
/// <param name="arrivals">Where what comes is put together and gets its place.</param>
public sealed class LegacyImport(Arrivals arrivals)
{
    /// <summary>How often it is begun anew because the image changed there, or what an earlier try had brought was wrong.</summary>
    private const int MostBeginnings = 3;

    /// <summary>Brings an image.</summary>
    /// <exception cref="LegacyRefusalException">It is not there, or is not to be brought as it is now.</exception>
    /// <exception cref="ArrivalRefusedException">Its place here is taken.</exception>
    /// <exception cref="SshException">The server cannot be reached. What has come stays for the next try.</exception>
    /// <exception cref="IOException">It cannot be written here, for example because the disk is full.</exception>
    public async Task<LegacyImportOutcome> RunAsync(LegacyImportPlan plan, LegacyTransfer transfer, CancellationToken cancellation)
    {
        var id = await transfer.AskAsync(server => server.FindAsync(plan.Image, cancellation), cancellation);
        for (var beginning = 1; ; beginning++)
        {
            var source = await LookAsync(id, transfer, cancellation);
            if (await TryAsync(plan, source, transfer, cancellation) is { } outcome)
                return outcome;
            if (beginning == MostBeginnings)
                throw new LegacyRefusalException($"\"{id}\" at {transfer.Server.Target} did not come right in {beginning} tries: see the log of this job.");
        }
    }

    private static async Task<(LegacyImage Image, string FullMd5, ImageFacts Facts)> LookAsync(ImageId id, LegacyTransfer transfer, CancellationToken cancellation)
    {
        var image = await transfer.AskAsync(server => server.ReadyAsync(id, cancellation), cancellation);
        var facts = await transfer.AskAsync(server => server.FactsAsync(image, cancellation), cancellation);
        if (image.FullSum is { } sum)
            return (image, sum, facts);
        transfer.Tell($"\"{id}\" has no usable .full.sum there: its MD5 is computed there.");
        return (image, await transfer.AskAsync(server => server.DigestAsync(id.RelativePath, image.Length, cancellation), cancellation), facts);
    }

    /// <summary>Null where it has to be begun anew.</summary>
    private async Task<LegacyImportOutcome?> TryAsync(
        LegacyImportPlan plan, (LegacyImage Image, string FullMd5, ImageFacts Facts) source, LegacyTransfer transfer, CancellationToken cancellation)
    {
        var id = new ImageId(plan.Ou is null ? source.Image.Id.Ou : plan.Ou is "" ? null : plan.Ou, source.Image.Id.Name, source.Image.Id.Type);
        var coming = new ArrivalPlan(id, source.Image.Length, $"md5 {source.FullMd5}") { Existing = plan.Existing, Facts = source.Facts };
        if (await arrivals.FindSameAsync(id, new ExpectedContent(FullMd5: source.FullMd5), cancellation) is not null)
        {
            transfer.Tell($"\"{id}\" is here already, with the same content.");
            return new LegacyImportOutcome(id, source.Image.Length, 0);
        }
        await using var arrival = await arrivals.BeginAsync(coming, plan.By, cancellation);
        var received = arrival.IsVerified ? 0 : await BringAsync(arrival, source.Image, transfer, cancellation);
        if (received is null)
            return null;
        transfer.Tell("All of it is here and is verified.");
        return await PlaceAsync(arrival, source.FullMd5, transfer, cancellation)
            ? new LegacyImportOutcome(id, source.Image.Length, received.Value)
            : await DoubtAsync(source.Image, source.FullMd5, transfer, cancellation);
    }

    /// <summary>Fetches all of it, and looks whether it is still the same there; null where it is not, and has to be begun anew.</summary>
    private static async Task<long?> BringAsync(Arrival arrival, LegacyImage image, LegacyTransfer transfer, CancellationToken cancellation)
    {
        try
        {
            arrival.Reserve(arrival.FilePath);
            var beginning = new Beginning();
            await arrival.FollowAsync([arrival.FilePath], beginning);
            var received = await FetchAsync(arrival.FilePath, beginning, image, transfer, cancellation);
            if (received is not null && !await HasChangedAsync(image, transfer, cancellation))
                return received;
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            arrival.Discard();
            throw new IOException($"There is no room here for \"{image.Id}\", which has {Sizes.Rounded(image.Length)}: {e.Message}. Make room, and import it again.", e);
        }
        arrival.Discard();
        transfer.Tell($"\"{image.Id}\" changed there while it was fetched. It is begun anew.");
        return null;
    }

    private static async Task<bool> HasChangedAsync(LegacyImage image, LegacyTransfer transfer, CancellationToken cancellation)
    {
        var now = await transfer.AskAsync(server => server.DescribeAsync(image.Id, cancellation), cancellation);
        return now.Stamp != image.Stamp || now.IsLocked;
    }

    private static async Task<bool> PlaceAsync(Arrival arrival, string fullMd5, LegacyTransfer transfer, CancellationToken cancellation)
    {
        try
        {
            await arrival.PlaceAsync(new ExpectedContent(FullMd5: fullMd5), null, cancellation);
            return true;
        }
        catch (WrongContentException e)
        {
            transfer.Tell(e.Message);
            return false;
        }
    }

    /// <summary>Either the sum there is wrong, which only people can mend, or what came: then it is begun anew.</summary>
    private static async Task<LegacyImportOutcome?> DoubtAsync(LegacyImage image, string fullMd5, LegacyTransfer transfer, CancellationToken cancellation)
    {
        var there = await transfer.AskAsync(server => server.DigestAsync(image.Id.RelativePath, image.Length, cancellation), cancellation);
        if (there == fullMd5)
            return null;
        throw new LegacyRefusalException(
            $"\"{image.Id}\" at {transfer.Server.Target} is not what its .full.sum says: its MD5 is {there}, expected {fullMd5}. Either the image is damaged there, " +
            "or the sum is of another version: check it there, have the sum made anew, and import it again.");
    }

    /// <summary>Fetches what is missing, and tells how many bytes that were; null where the image became shorter meanwhile.</summary>
    private static async Task<long?> FetchAsync(string path, Beginning beginning, LegacyImage image, LegacyTransfer transfer, CancellationToken cancellation)
    {
        using var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        if (RandomAccess.GetLength(file) > image.Length)
            RandomAccess.SetLength(file, 0);
        var first = RandomAccess.GetLength(file);
        if (first > 0)
            transfer.Tell($"{first} of {image.Length} bytes are here already.");
        transfer.Report(first, image.Length);
        beginning.GrowTo(first);
        try
        {
            await transfer.Retries.RunAsync(() => FetchRestAsync(file, beginning, image, transfer, cancellation), () => RandomAccess.GetLength(file), cancellation);
            return image.Length - first;
        }
        catch (SshException e) when (e.Fault is SshFault.EndedEarly or SshFault.CommandFailed)
        {
            if (e.Fault == SshFault.EndedEarly || await HasChangedAsync(image, transfer, cancellation))
                return null;
            throw;
        }
    }

    /// <summary>Fetches what is missing at the end by one connection.</summary>
    private static async Task<bool> FetchRestAsync(SafeFileHandle file, Beginning beginning, LegacyImage image, LegacyTransfer transfer, CancellationToken cancellation)
    {
        var offset = RandomAccess.GetLength(file);
        if (offset == image.Length)
            return true;
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(LegacyTransfer.LongestStall);
        var block = ArrayPool<byte>.Shared.Rent(LegacyTransfer.BlockSize);
        try
        {
            await using var session = await transfer.Server.OpenAsync(image.Id, offset, silence.Token);
            while (offset < image.Length)
            {
                var wanted = (int)Math.Min(LegacyTransfer.BlockSize, image.Length - offset);
                var read = await session.ReadAsync(block.AsMemory(0, wanted));
                if (read == 0)
                    throw await session.ExplainAsync();
                await RandomAccess.WriteAsync(file, block.AsMemory(0, read), offset, cancellation);
                transfer.Report(offset += read, image.Length);
                beginning.GrowTo(offset);
                await transfer.WaitAsync(read, cancellation);
                silence.CancelAfter(LegacyTransfer.LongestStall);
            }
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
}
