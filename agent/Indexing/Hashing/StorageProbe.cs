using Agent.Common;

namespace Agent.Indexing.Hashing;

/// <summary>What a file lies on, as far as it matters to how many files are best read at once.</summary>
public enum StorageKind
{
    /// <summary>A network file system, or nothing that could be found out.</summary>
    Unknown,

    /// <summary>A file system in memory.</summary>
    Memory,

    /// <summary>A disk without moving parts.</summary>
    SolidState,

    /// <summary>A spinning disk: two readers at once cost a seek for every block.</summary>
    Rotational,
}

/// <summary>Finds out what a device is, from <c>/sys</c> and <c>/proc/self/mountinfo</c> (proc(5)).</summary>
internal sealed class StorageProbe(string root = "/")
{
    private static readonly string[] InMemory = ["tmpfs", "ramfs"];

    /// <param name="device">As in <see cref="FileStatus.Device"/>: major number in the upper 32 bits, minor in the lower.</param>
    public StorageKind KindOf(ulong device)
    {
        var number = $"{device >> 32}:{device & uint.MaxValue}";
        try
        {
            return KindOfBlockDevice(Path.Combine(root, "sys/dev/block", number)) ?? KindOfMount(device);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return StorageKind.Unknown;
        }
    }

    /// <summary>Null where there is no such entry in <c>/sys</c>.</summary>
    private static StorageKind? KindOfBlockDevice(string entry)
    {
        if (!Directory.Exists(entry))
            return null;
        var directory = Directory.ResolveLinkTarget(entry, returnFinalTarget: true)?.FullName ?? entry;
        // A partition has no queue of its own; the disk it belongs to is the directory above.
        string[] candidates = [Path.Combine(directory, "queue/rotational"), Path.Combine(Path.GetDirectoryName(directory)!, "queue/rotational")];
        return Array.Find(candidates, File.Exists) is { } flag
            ? File.ReadAllText(flag).Trim() == "0" ? StorageKind.SolidState : Spinning(directory)
            : StorageKind.Unknown;
    }

    /// <summary>Linux calls every disk rotational that does not deny it, and a virtio disk has no way to deny it.</summary>
    private static StorageKind Spinning(string directory) =>
        directory.Contains("/virtio", StringComparison.Ordinal) ? StorageKind.Unknown : StorageKind.Rotational;

    /// <summary>File systems that are no block device themselves: tmpfs, btrfs (its first disk is asked), NFS and others.</summary>
    private StorageKind KindOfMount(ulong device)
    {
        if (MountTable.Read(Path.Combine(root, "proc/self/mountinfo")).FirstOrDefault(mount => mount.Device == device) is not { } mount)
            return StorageKind.Unknown;
        return InMemory.Contains(mount.Type) ? StorageKind.Memory : KindOfSource(mount.Source);
    }

    private StorageKind KindOfSource(string source)
    {
        if (!source.StartsWith("/dev/", StringComparison.Ordinal))
            return StorageKind.Unknown;
        var node = Path.Combine(root, source[1..]);
        var name = Path.GetFileName(File.ResolveLinkTarget(node, returnFinalTarget: true)?.FullName ?? node);
        return KindOfBlockDevice(Path.Combine(root, "sys/class/block", name)) ?? StorageKind.Unknown;
    }
}
