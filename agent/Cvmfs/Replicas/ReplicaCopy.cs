using System.Text;
using Agent.Common;
using Agent.Cvmfs.Publishing;
using Agent.Cvmfs.Scraping;

namespace Agent.Cvmfs.Replicas;

/// <summary>A repository of another agent cannot be copied as it is now; the message is the end of a sentence.</summary>
internal sealed class NotInStepException(string message) : Exception(message);

/// <summary>A revision that cannot be taken as long as the images stay what they are.</summary>
/// <param name="Catalog">Hash of its root catalog.</param>
/// <param name="Held">What <see cref="HeldImages.Revision"/> was then.</param>
/// <param name="Missing">The first image that was missing.</param>
internal sealed record RefusedRevision(string Catalog, long Held, string Missing);

/// <summary>
/// Brings the copy of one repository in step with its owner. It takes a revision whole or not at all: only once all objects are here, verified as a
/// client verifies them, and every image that the revision lists, its manifest replaces the one before.
/// </summary>
/// <param name="files">The files of the copy.</param>
/// <param name="name">Name of the repository.</param>
/// <param name="path">Where it is at its owner.</param>
/// <param name="held">The images that are here.</param>
/// <param name="refused">What was found missing when it was last looked at, so that nothing is looked for again that cannot be there.</param>
internal sealed class ReplicaCopy(ReplicaFiles files, string name, string path, HeldImages held, RefusedRevision? refused)
{
    /// <summary>The time that a copy of the object of a manifest may take; what is here already is not copied again.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>What is missing now; null where nothing is, or it was not found out.</summary>
    public RefusedRevision? Refused { get; private set; } = refused;

    /// <summary>Looks at the owner, and takes what is new.</summary>
    /// <param name="origin">Connection to the owner.</param>
    /// <param name="now">The time, by which whitelists are valid or not.</param>
    /// <returns>True where objects of old revisions were removed.</returns>
    /// <exception cref="NotInStepException">It is not in step: what was copied before stays.</exception>
    /// <exception cref="FetchException">The owner does not give a file.</exception>
    /// <exception cref="IOException">A file cannot be written, or the catalog not be read.</exception>
    public async Task<bool> RunAsync(ServerConnection origin, DateTimeOffset now)
    {
        files.Prepare();
        var bytes = await origin.GetAsync($"{path}/{ReplicaFiles.Manifest}", ServerConnection.Short);
        if (!PublishedManifest.TryParse(bytes, out var manifest))
            throw new NotInStepException("its manifest is none as agents make them");
        var before = PublishedManifest.Read(files.Directory);
        HoldOrder(manifest, before);
        await files.FetchAsync(origin, PathOf(manifest.Certificate, ObjectHash.Certificate), manifest.Certificate, ObjectHash.Certificate);
        var whitelist = await VerifyAsync(origin, bytes, manifest, now);
        if (IsKept(bytes) && CopiedParts.Check(files.Directory, held).AreHeld)
        {
            files.Write(ReplicaFiles.Whitelist, whitelist);
            return false;
        }
        await TakeAsync(origin, manifest, isFirst: before is null);
        files.Write(ReplicaFiles.Whitelist, whitelist);
        files.Write(ReplicaFiles.Manifest, bytes);
        return files.Collect(manifest, before, now);
    }

    /// <summary>Takes a newer whitelist alone: it expires, also while a newer revision cannot be taken yet.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public async Task RefreshWhitelistAsync(ServerConnection origin, DateTimeOffset now)
    {
        if (files.Read(ReplicaFiles.Manifest) is { } bytes && PublishedManifest.TryParse(bytes, out var manifest))
            files.Write(ReplicaFiles.Whitelist, await VerifyAsync(origin, bytes, manifest, now));
    }

    /// <summary>Clients refuse what goes back, and so would be lost to this copy.</summary>
    private static void HoldOrder(PublishedManifest manifest, PublishedManifest? before)
    {
        if (before is not null && (manifest.Revision < before.Revision || manifest.Published < before.Published))
            throw new NotInStepException($"it went back from revision {before.Revision} to {manifest.Revision}, which clients refuse");
    }

    /// <summary>Holds a manifest to the whitelist of the owner, and that to the master key that was known first.</summary>
    /// <returns>The whitelist.</returns>
    private async Task<byte[]> VerifyAsync(ServerConnection origin, byte[] bytes, PublishedManifest manifest, DateTimeOffset now)
    {
        var whitelist = await origin.GetAsync($"{path}/{ReplicaFiles.Whitelist}", ServerConnection.Short);
        var key = await origin.GetAsync($"/cvmfs/info/v1/{name}.pub", ServerConnection.Short);
        if (files.Read(ReplicaFiles.MasterKey) is { } known && !known.AsSpan().SequenceEqual(key))
            throw new NotInStepException($"it has another master key than before; if its owner changed that, remove {files.Directory}");
        var certificate = await File.ReadAllBytesAsync(files.PathOf(manifest.Certificate, ObjectHash.Certificate)!);
        if (new SignatureCheck([PemOf(key)]).ProblemOf(name, bytes, whitelist, certificate, now) is { } problem)
            throw new NotInStepException(problem);
        files.Write(ReplicaFiles.MasterKey, key);
        return whitelist;
    }

    private async Task TakeAsync(ServerConnection origin, PublishedManifest manifest, bool isFirst)
    {
        foreach (var one in manifest.Objects)
            await files.FetchAsync(origin, PathOf(one.Hash, one.Letter), one.Hash, one.Letter);
        await files.FetchAsync(origin, $"{path}/.cvmfsreflog", manifest.Reflog, '\0');
        if (Refused?.Catalog != manifest.Catalog || Refused.Held != held.Revision)
            Refused = CopiedParts.Note(files.Directory, files.Inflate(manifest), held) is { } missing ? new RefusedRevision(manifest.Catalog, held.Revision, missing) : null;
        if (Refused is not null)
            throw new NotInStepException($"revision {manifest.Revision} lists \"{Refused.Missing}\", which is not here with that content");
        if (isFirst && CopiedParts.Check(files.Directory, held).Count == 0)
            throw new NotInStepException("it lists no image");
    }

    private static string PemOf(byte[] key)
    {
        try
        {
            return RsaPublicKey.Parse(Encoding.ASCII.GetString(key));
        }
        catch (FormatException e)
        {
            throw new NotInStepException($"its master key cannot be used: {e.Message}");
        }
    }

    private bool IsKept(byte[] manifest) => files.Read(ReplicaFiles.Manifest)?.AsSpan().SequenceEqual(manifest) ?? false;

    private string PathOf(string hash, char letter) => $"{path}/{ObjectHash.Path(hash, letter)}";
}
