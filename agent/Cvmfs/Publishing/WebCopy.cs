using Agent.Common;

namespace Agent.Cvmfs.Publishing;

/// <summary>
/// Keeps a copy of all published files in a directory, for a plain web server: objects first, each manifest last, every file whole or not
/// at all. The contents of the images are not copied.
/// </summary>
internal sealed class WebCopy(string root, PublishingSettings settings, PublishingService service)
{
    /// <summary>Brings the copy up to date; files that are as they should be are not written.</summary>
    /// <exception cref="IOException">Full disk, or the directory is not there.</exception>
    public async Task WriteAsync(CancellationToken cancellation)
    {
        var info = Path.Combine(root, "cvmfs", "info", "v1");
        foreach (var name in service.Names.ToList())
        {
            await WriteRepositoryAsync(name, Path.Combine(root, "cvmfs", name), cancellation);
            Put(Path.Combine(info, $"{name}.pub"), System.Text.Encoding.ASCII.GetBytes(service.PublicKeyOf(name) ?? ""));
        }
        Put(Path.Combine(info, "meta.json"), service.Meta());
        Put(Path.Combine(info, "repositories.json"), service.Repositories());
    }

    private async Task WriteRepositoryAsync(string name, string target, CancellationToken cancellation)
    {
        if (await service.ManifestAsync(name, cancellation) is not { } manifest || await service.ReflogAsync(name, cancellation) is not { } reflog)
            return;
        var source = settings.DirectoryOf(name);
        foreach (var path in Directory.EnumerateFiles(Path.Combine(source, "data"), "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, path));
            if (!File.Exists(copy))
                Put(copy, await File.ReadAllBytesAsync(path, cancellation));
        }
        Put(Path.Combine(target, ".cvmfs_status.json"), service.StatusOf(name) ?? []);
        Put(Path.Combine(target, ".cvmfs_master_replica"), []);
        Put(Path.Combine(target, ".cvmfsreflog"), reflog);
        Put(Path.Combine(target, ".cvmfswhitelist"), service.WhitelistOf(name) ?? []);
        Put(Path.Combine(target, PublishedManifest.FileName), manifest);
        RemoveCollected(source, target);
    }

    private static void RemoveCollected(string source, string target)
    {
        foreach (var copy in Directory.EnumerateFiles(Path.Combine(target, "data"), "*", SearchOption.AllDirectories))
        {
            if (!File.Exists(Path.Combine(source, Path.GetRelativePath(target, copy))))
                File.Delete(copy);
        }
    }

    private static void Put(string path, byte[] content)
    {
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, content);
    }
}
