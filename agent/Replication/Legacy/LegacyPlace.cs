using System.Globalization;
using System.Text;
using Agent.Images;

namespace Agent.Replication.Legacy;

/// <summary>The place of one image at a legacy server: locked, filled, and given the image's name at once when what is there is right.</summary>
/// <param name="server">The server.</param>
/// <param name="partial">What is brought there.</param>
/// <param name="image">The image as it is here, with digests.</param>
/// <param name="keepsExisting">Whether an image of that name is kept as its backup; else it stays, and this one is refused.</param>
internal sealed class LegacyPlace(LegacyServer server, RemotePartial partial, Image image, bool keepsExisting)
{
    private const int LongestAnswer = 4096;

    /// <summary>Renames, and the flushing of what was written: a slow disk with a large cache takes its time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private string Existing => keepsExisting ? "keep" : "refuse";

    /// <summary>Locks it, and tells how much of the image an earlier try has brought there already.</summary>
    /// <exception cref="LegacyRefusalException">It is locked by others, taken, or may not be written to.</exception>
    /// <exception cref="SshException">There is not enough room, or the server cannot be asked.</exception>
    public async Task<long> PrepareAsync(CancellationToken cancellation)
    {
        var answer = await AskAsync(LegacyScripts.Prepare, [partial.Path, partial.LockText, Existing], cancellation);
        var fields = answer.Split('\n').Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1]);
        var present = fields.TryGetValue("have", out var have) && long.TryParse(have, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
        var missing = image.Stamp.Length - present;
        if (fields.TryGetValue("free", out var free) && FreeBytes(free) is { } room && room < missing)
        {
            throw SshErrors.Of(
                server.Target, SshFault.DiskFull, [$"{Common.Sizes.Rounded(room)} are free, and {Common.Sizes.Rounded(missing)} are needed"]);
        }
        return present;
    }

    /// <summary>Begins to write from a byte on.</summary>
    public Task<SshSession> OpenAsync(long offset, CancellationToken cancellation) =>
        server.StartAsync(LegacyScripts.Write, [partial.Path, offset.ToString(CultureInfo.InvariantCulture)], cancellation);

    /// <summary>MD5 of what was brought there.</summary>
    public Task<string> DigestAsync(CancellationToken cancellation) => server.DigestAsync(partial.Path, image.Stamp.Length, cancellation);

    /// <summary>Gives what was brought there the image's name and sidecars, and unlocks it.</summary>
    /// <exception cref="LegacyRefusalException">There is an image of that name by now, or it cannot be put there.</exception>
    public Task PlaceAsync(CancellationToken cancellation)
    {
        string[] arguments = [partial.Path, Existing, image.Stamp.Length.ToString(CultureInfo.InvariantCulture), .. SidecarTexts()];
        return AskAsync(LegacyScripts.Place, arguments, cancellation);
    }

    /// <summary>Gives the image that is there, and is this one, its sidecars, and unlocks it.</summary>
    public Task FinishAsync(CancellationToken cancellation) => AskAsync(LegacyScripts.Sidecars, SidecarTexts(), cancellation);

    /// <summary>Unlocks it if it is still locked for this content.</summary>
    /// <param name="withPartial">Removes what was brought there, too.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task AbandonAsync(bool withPartial, CancellationToken cancellation) =>
        AskAsync(LegacyScripts.Abandon, [partial.LockText, withPartial ? partial.Path : ""], cancellation);

    /// <summary>Removes what was brought there, which is wrong.</summary>
    public Task DiscardAsync(CancellationToken cancellation) => AskAsync(LegacyScripts.Abandon, ["", partial.Path], cancellation);

    private async Task<string> AskAsync(string script, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        int[] refusals =
        [
            LegacyScripts.NoDirectory, LegacyScripts.NotWritable, LegacyScripts.Locked, LegacyScripts.Exists, LegacyScripts.PartialWrong, LegacyScripts.NotPlaced,
        ];
        var (code, answer) = await server.AskAsync(script, [partial.Image.RelativePath, .. arguments], LongestAnswer, Patience, refusals, cancellation);
        return code == 0 ? Encoding.UTF8.GetString(answer) : throw (code == LegacyScripts.Locked ? server.Locked(partial.Image) : Refusal(code));
    }

    private LegacyRefusalException Refusal(int code)
    {
        var (id, there) = (partial.Image, server.Target);
        return new LegacyRefusalException(code switch
        {
            LegacyScripts.NoDirectory => $"{there} has no image directory {there.Options.Images}, or its user may not enter it.",
            LegacyScripts.NotWritable => $"The user of {there} may not write to {there.Options.Images}, or its disk is full: no lock for \"{id}\" could be made there.",
            LegacyScripts.Exists => $"There is an image \"{id}\" at {there} already, and it was asked to stay.",
            LegacyScripts.PartialWrong => $"What was brought of \"{id}\" to {there} was changed or removed there.",
            _ => $"\"{id}\" is at {there}, but could not be given its name; what was there stays.",
        });
    }

    /// <summary>As OpenGnsys' own scripts and clients write them; a fact that is not known leaves the line out.</summary>
    private string[] SidecarTexts() => [image.Digests!.TailMd5, image.Digests.FullMd5, image.Facts == ImageFacts.None ? "" : InfoLine(image.Facts)];

    private static string InfoLine(ImageFacts facts)
    {
        var line = $"{facts.Clonator.ToUpperInvariant()}:{facts.Compressor.ToUpperInvariant()}:{facts.FileSystem}:{facts.DataSize / 1024}:{facts.ClientName}";
        return new string([.. line.Where(c => !char.IsControl(c))]);
    }

    /// <summary>Blocks and their size; null where that server told something else.</summary>
    private static long? FreeBytes(string text) =>
        text.Split(' ') is [var blocks, var size] && long.TryParse(blocks, out var count) && long.TryParse(size, out var bytes) && count >= 0 && bytes > 0
        && count <= long.MaxValue / bytes
            ? count * bytes
            : null;
}
