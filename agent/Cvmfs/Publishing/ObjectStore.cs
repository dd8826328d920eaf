using System.IO.Compression;
using System.Security.Cryptography;
using Agent.Common;

namespace Agent.Cvmfs.Publishing;

/// <summary>The objects of a repository as files below its directory. An object never changes: what is there is not written again.</summary>
/// <param name="directory">The directory of the repository.</param>
internal sealed class ObjectStore(string directory)
{
    /// <summary>Compresses and stores bytes.</summary>
    /// <returns>The hash of the compressed bytes.</returns>
    /// <exception cref="IOException">Full disk or the like.</exception>
    public string Put(ReadOnlySpan<byte> content, char letter)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(content);
        var bytes = compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
        var hash = ObjectHash.Of(bytes);
        var path = PathOf(hash, letter);
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, bytes);
        }
        return hash;
    }

    /// <summary>Compresses and stores a file, however large, without holding it.</summary>
    /// <inheritdoc cref="Put"/>
    public string PutFile(string source, char letter)
    {
        var temporary = Path.Combine(directory, $".{Guid.NewGuid():N}{AtomicFile.TemporaryEnding}");
        try
        {
            Compress(source, temporary);
            string hash;
            using (var compressed = File.OpenRead(temporary))
                hash = Convert.ToHexStringLower(SHA1.HashData(compressed));
            var path = PathOf(hash, letter);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(temporary, path, overwrite: true);
            AtomicFile.FlushDirectory(Path.GetDirectoryName(path)!);
            return hash;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Stores a file as it is, under a hash without a letter.</summary>
    /// <inheritdoc cref="Put"/>
    public string PutPlain(string source)
    {
        var bytes = File.ReadAllBytes(source);
        var hash = ObjectHash.Of(bytes);
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(hash))!);
        AtomicFile.Write(PathOf(hash), bytes);
        return hash;
    }

    /// <summary>Removes files without a letter that were stored before a moment, but for one; says how many.</summary>
    public int RemovePlain(string? kept, DateTimeOffset before)
    {
        var old = Directory.EnumerateFiles(Path.Combine(directory, "data"), "*", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(path).Length == ObjectHash.Digits - 2 && (kept is null || path != PathOf(kept)) && File.GetLastWriteTimeUtc(path) < before.UtcDateTime)
            .ToList();
        old.ForEach(File.Delete);
        return old.Count;
    }

    /// <summary>Where a file without a letter is.</summary>
    public string PathOf(string hash) => Path.Combine(directory, ObjectHash.Path(hash, '\0').TrimEnd('\0'));

    /// <summary>Where an object is, whether it is there or not.</summary>
    public string PathOf(string hash, char letter) => Path.Combine(directory, ObjectHash.Path(hash, letter));

    /// <summary>Removes an object; nothing happens where it is not there.</summary>
    public void Remove(string hash, char letter)
    {
        var path = PathOf(hash, letter);
        if (File.Exists(path))
            File.Delete(path);
    }

    private static void Compress(string source, string target)
    {
        using var from = File.OpenRead(source);
        using var to = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
        using (var zlib = new ZLibStream(to, CompressionLevel.Optimal, leaveOpen: true))
            from.CopyTo(zlib);
        to.Flush(flushToDisk: true);
    }
}
