using System.IO.Compression;
using System.Security.Cryptography;
using Agent.Common;
using Agent.Cvmfs.Publishing;
using Agent.Cvmfs.Scraping;

namespace Agent.Cvmfs.Replicas;

/// <summary>The files of a copy, below its directory: byte for byte those of its owner.</summary>
/// <param name="directory">The directory.</param>
internal sealed class ReplicaFiles(string directory)
{
    /// <summary>The manifest.</summary>
    public const string Manifest = PublishedManifest.FileName;

    /// <summary>The whitelist.</summary>
    public const string Whitelist = ".cvmfswhitelist";

    /// <summary>The master key that was there when it was copied first; no other is taken later.</summary>
    public const string MasterKey = "master.pub";

    private const string Work = "work";

    /// <summary>Root catalogs of agents are not larger than this, even of a million images.</summary>
    private const long LargestObject = 2L * 1024 * 1024 * 1024;

    /// <summary>Objects that nothing names any more stay for longer than proxies keep what names them (3 days), and a day more.</summary>
    private static readonly TimeSpan KeepOld = TimeSpan.FromDays(4);

    private readonly ObjectStore _store = new(directory);

    /// <summary>The directory.</summary>
    public string Directory => directory;

    /// <summary>Makes the directories, and removes what a crash has left behind.</summary>
    public void Prepare()
    {
        var work = Path.Combine(directory, Work);
        if (System.IO.Directory.Exists(work))
            System.IO.Directory.Delete(work, recursive: true);
        System.IO.Directory.CreateDirectory(work);
    }

    /// <summary>One of the named files; null where it is not there.</summary>
    public byte[]? Read(string name)
    {
        var path = Path.Combine(directory, name);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    /// <summary>Writes one of the named files, unless it is there already.</summary>
    public void Write(string name, byte[] content)
    {
        if (!(Read(name)?.AsSpan().SequenceEqual(content) ?? false))
            AtomicFile.Write(Path.Combine(directory, name), content);
    }

    /// <summary>Where an object is; null where it is not there. The reflog has no letter.</summary>
    public string? PathOf(string hash, char letter)
    {
        var path = letter == '\0' ? _store.PathOf(hash) : _store.PathOf(hash, letter);
        return File.Exists(path) ? path : null;
    }

    /// <summary>Fetches an object that is not there yet, and holds it to its hash.</summary>
    /// <exception cref="FetchException">It cannot be had, or is another.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public async Task FetchAsync(ServerConnection origin, string from, string hash, char letter)
    {
        if (PathOf(hash, letter) is not null)
            return;
        var fetched = Path.Combine(directory, Work, $"{hash}{AtomicFile.TemporaryEnding}");
        await using (var file = new FileStream(fetched, FileMode.Create, FileAccess.ReadWrite))
        {
            await origin.CopyAsync(from, file, LargestObject);
            file.Position = 0;
            if (Convert.ToHexStringLower(SHA1.HashData(file)) != hash)
                throw new FetchException($"{from} is not what its name says");
            file.Flush(flushToDisk: true);
        }
        var path = letter == '\0' ? _store.PathOf(hash) : _store.PathOf(hash, letter);
        var folder = Path.GetDirectoryName(path)!;
        System.IO.Directory.CreateDirectory(folder);
        File.Move(fetched, path, overwrite: true);
        AtomicFile.FlushDirectory(folder);
    }

    /// <summary>Inflates a root catalog, which has to have the size that its manifest says.</summary>
    /// <returns>Where it is, until the next <see cref="Prepare"/>.</returns>
    /// <exception cref="IOException">It has another, or cannot be written.</exception>
    public string Inflate(PublishedManifest manifest)
    {
        if (manifest.CatalogSize > LargestObject)
            throw new IOException($"the root catalog has {manifest.CatalogSize} bytes, more than {LargestObject}");
        var path = Path.Combine(directory, Work, RepositoryBuilder.Lookup);
        using var zlib = new ZLibStream(File.OpenRead(_store.PathOf(manifest.Catalog, ObjectHash.Catalog)), CompressionMode.Decompress);
        using var inflated = new FileStream(path, FileMode.Create, FileAccess.Write);
        var buffer = new byte[64 * 1024];
        try
        {
            while (inflated.Length <= manifest.CatalogSize && zlib.Read(buffer) is > 0 and var count)
                inflated.Write(buffer, 0, count);
        }
        catch (InvalidDataException e)
        {
            throw new IOException($"the root catalog cannot be inflated: {e.Message}", e);
        }
        return inflated.Length == manifest.CatalogSize
            ? path
            : throw new IOException($"the root catalog has not the {manifest.CatalogSize} bytes that the manifest says");
    }

    /// <summary>Removes objects that neither manifest names and that are old enough; true where there were any.</summary>
    public bool Collect(PublishedManifest manifest, PublishedManifest? before, DateTimeOffset now)
    {
        var kept = new[] { manifest, before }.OfType<PublishedManifest>()
            .SelectMany(one => one.Objects.Select(part => PathOf(part.Hash, part.Letter)).Append(PathOf(one.Reflog, '\0'))).ToHashSet();
        var old = System.IO.Directory.EnumerateFiles(Path.Combine(directory, "data"), "*", SearchOption.AllDirectories)
            .Where(path => !kept.Contains(path) && File.GetLastWriteTimeUtc(path) < (now - KeepOld).UtcDateTime).ToList();
        old.ForEach(File.Delete);
        return old.Count > 0;
    }
}
