using Agent.Common;
using Agent.Cvmfs.Publishing.Signing;
using Agent.Cvmfs.Publishing.Sqlite;
using Agent.Images;

namespace Agent.Cvmfs.Publishing;

/// <summary>A revision that is published.</summary>
/// <param name="Manifest">What the manifest says.</param>
/// <param name="Bytes">The manifest as it is served.</param>
internal sealed record Publication(PublishedManifest Manifest, byte[] Bytes);

/// <summary>
/// Publishes a revision of a repository: root catalog, tag database, certificate, description and reflog as objects in its directory, and
/// the signed manifest last, so that what a manifest names is always there. Big repositories pass through files, not through memory.
/// </summary>
internal sealed class RepositoryBuilder(PublishingSettings settings, SigningKeys keys, ImageDirectory images)
{
    /// <summary>The uncompressed root catalog of the present revision, in which parts of images are looked up.</summary>
    public const string Lookup = "catalog.db";

    /// <summary>Objects of old revisions stay for longer than proxies keep them (3 days), and a day more.</summary>
    private static readonly TimeSpan KeepOld = TimeSpan.FromDays(4);

    private static readonly TimeSpan BetweenCollections = TimeSpan.FromDays(1);

    /// <summary>The revision that is published, as it stands on disk; null where none is.</summary>
    public Publication? Published(string name)
    {
        var path = Path.Combine(settings.DirectoryOf(name), PublishedManifest.FileName);
        if (!File.Exists(path))
            return null;
        var bytes = File.ReadAllBytes(path);
        return PublishedManifest.TryParse(bytes, out var manifest) ? new Publication(manifest, bytes) : null;
    }

    /// <summary>Publishes.</summary>
    /// <returns>What was published, and the state with the time of the last collection.</returns>
    /// <exception cref="IOException">Full disk, or an image that changes at this moment: the revision before stays published.</exception>
    public (Publication Publication, RepositoryState State) Build(RepositoryContent content, RepositoryState state, DateTimeOffset now)
    {
        keys.Check();
        var directory = settings.DirectoryOf(content.Name);
        Directory.CreateDirectory(directory);
        var work = Path.Combine(directory, "work");
        if (Directory.Exists(work))
            Directory.Delete(work, recursive: true);
        Directory.CreateDirectory(work);
        try
        {
            return Build(content, state, now, directory, work);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private (Publication Publication, RepositoryState State) Build(
        RepositoryContent content, RepositoryState state, DateTimeOffset now, string directory, string work)
    {
        var store = new ObjectStore(directory);
        var before = Published(content.Name)?.Manifest;
        var header = new CatalogHeader(state.Revision, state.ChangedAt, (long)settings.Options.TimeToLive.TotalSeconds, before?.Catalog);
        var catalogFile = Path.Combine(work, Lookup);
        RootCatalog.Write(catalogFile, header, content.Entries(images));
        var catalog = store.PutFile(catalogFile, ObjectHash.Catalog);
        var catalogSize = new FileInfo(catalogFile).Length;
        var tagFile = Path.Combine(work, "tags.db");
        TagDatabase.Write(tagFile, content.Name, catalog, catalogSize, header);

        var manifest = new PublishedManifest
        {
            Catalog = catalog,
            CatalogSize = catalogSize,
            TimeToLive = header.TimeToLive,
            Revision = state.Revision,
            Name = content.Name,
            Certificate = store.Put(keys.Certificate(), ObjectHash.Certificate),
            Tags = store.PutFile(tagFile, ObjectHash.Tags),
            Published = state.Changed,
            Metainfo = store.Put(PublishingJson.Metainfo(settings, content.Unit), ObjectHash.Metainfo),
            Reflog = "",
        };
        var reflogFile = Path.Combine(work, "reflog.db");
        (var reflog, state) = Reflogged(store, reflogFile, manifest, before, state, now);
        manifest = manifest with { Reflog = reflog };
        var bytes = SignedText.Compose(manifest.ToText(), keys.SignManifest);
        MakeLookup(catalogFile, Path.Combine(directory, Lookup));
        AtomicFile.Write(Path.Combine(directory, PublishedManifest.FileName), bytes);
        state.Write(directory);
        return (new Publication(manifest, bytes), state);
    }

    /// <summary>Goes on with the reflog of the revision before, and drops from it what is old enough once a day.</summary>
    private static (string Hash, RepositoryState State) Reflogged(
        ObjectStore store, string file, PublishedManifest manifest, PublishedManifest? before, RepositoryState state, DateTimeOffset now)
    {
        if (before is not null && File.Exists(store.PathOf(before.Reflog)))
            File.Copy(store.PathOf(before.Reflog), file);
        using (var reflog = Reflog.Open(file, manifest.Name))
        {
            reflog.Add(manifest.Objects, now);
            if (now - DateTimeOffset.FromUnixTimeSeconds(state.Collected ?? 0) >= BetweenCollections && Collect(store, reflog, manifest, before, now))
                state = state with { Collected = now.ToUnixTimeSeconds() };
        }
        return (store.PutPlain(file), state);
    }

    /// <summary>Removes objects of revisions before the last, once they are old. True where there was anything to remove.</summary>
    private static bool Collect(ObjectStore store, Reflog reflog, PublishedManifest manifest, PublishedManifest? before, DateTimeOffset now)
    {
        var kept = manifest.Objects.Concat(before?.Objects ?? []).ToHashSet();
        var old = reflog.Before(now - KeepOld).Where(one => !kept.Contains(one)).ToList();
        foreach (var one in old)
        {
            reflog.Remove(one);
            store.Remove(one.Hash, one.Letter);
        }
        var reflogs = store.RemovePlain(before?.Reflog, now - KeepOld);
        return old.Count > 0 || reflogs > 0;
    }

    /// <summary>The published catalog is done by now; this copy of it gets what finds a file by a hash.</summary>
    private static void MakeLookup(string catalog, string target)
    {
        using (var database = SqliteDatabase.OpenOrCreate(catalog))
            database.Run("CREATE INDEX lookup_chunks ON chunks (hash); CREATE INDEX lookup_files ON catalog (hash)");
        File.Move(catalog, target, overwrite: true);
    }
}
