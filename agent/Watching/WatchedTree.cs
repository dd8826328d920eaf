using System.IO.Enumeration;
using Agent.Common;

namespace Agent.Watching;

/// <summary>
/// The watches on a directory and the two levels below it, and the translation of their events into relative paths. Belongs to one
/// thread.
/// </summary>
/// <param name="inotify">The instance that the watches belong to.</param>
/// <param name="root">Absolute path of the directory.</param>
/// <param name="isLeaf">Says of a relative path whether the directory is one unit, so that what is below it is not watched.</param>
internal sealed class WatchedTree(Inotify inotify, string root, Func<string, bool> isLeaf)
{
    private const InotifyMask Wanted = InotifyMask.CloseWrite | InotifyMask.MovedTo | InotifyMask.MovedFrom | InotifyMask.Create
        | InotifyMask.Delete | InotifyMask.Attributes | InotifyMask.DeleteSelf | InotifyMask.MoveSelf;

    private const int MaxDepth = 2;
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    private readonly Dictionary<int, string> _directories = [];

    /// <summary>Adds watches for every directory that has none. Called at start, after any change of directories, and from time to time.</summary>
    /// <exception cref="IOException">A limit of inotify is reached; what is watched by then stays watched.</exception>
    public void Synchronise() => Watch("", depth: 0);

    /// <summary>What an event means; null if it means nothing.</summary>
    public WatchHint? Translate(InotifyEvent seen)
    {
        if (seen.Has(InotifyMask.Overflow))
            return WatchHint.Everything;
        if (!_directories.TryGetValue(seen.Watch, out var directory))
            return null;
        if (seen.Has(InotifyMask.Ignored))
        {
            _directories.Remove(seen.Watch);
            return null;
        }
        if (seen.Has(InotifyMask.DeleteSelf | InotifyMask.MoveSelf | InotifyMask.Unmount))
            return WatchHint.Directories;
        var path = directory.Length == 0 ? seen.Name : $"{directory}/{seen.Name}";
        return seen.IsDirectory ? OfDirectory(path, seen) : OfFile(path, seen);
    }

    private WatchHint? OfDirectory(string path, InotifyEvent seen)
    {
        if (seen.Has(InotifyMask.Attributes))
            return new WatchHint(path, AreDirectoriesChanged: false);
        // A watch follows its directory, not the name: whatever moved away or in is watched under its new name, or not at all.
        foreach (var (watch, _) in _directories.Where(known => known.Value == path || known.Value.StartsWith(path + '/', StringComparison.Ordinal)).ToList())
        {
            inotify.Remove(watch);
            _directories.Remove(watch);
        }
        return WatchHint.Directories;
    }

    /// <summary>
    /// A plain file that is created will be written and closed, which is the event to wait for. A hard or symbolic link is complete at
    /// once, and creating it is its only event.
    /// </summary>
    private WatchHint? OfFile(string path, InotifyEvent seen)
    {
        if (seen.Has(InotifyMask.Create) && FileStatus.OfLink(Path.Combine(root, path)) is { IsLink: false, Links: 1 })
            return null;
        return new WatchHint(path, AreDirectoriesChanged: false);
    }

    private void Watch(string directory, int depth)
    {
        var path = Path.Combine(root, directory);
        if (depth > 0 && FileStatus.OfLink(path) is { IsLink: true } && (RealPath.Resolve(path) is not { } real || !RealPath.IsInside(real, root)))
            return;
        var watch = inotify.Add(path, Wanted);
        if (watch < 0)
            return;
        _directories[watch] = directory;
        if (depth < MaxDepth && (depth == 0 || !isLeaf(directory)))
            WatchSubdirectories(directory, depth);
    }

    private void WatchSubdirectories(string directory, int depth)
    {
        try
        {
            var names = new FileSystemEnumerable<string>(
                Path.Combine(root, directory), (ref entry) => entry.FileName.ToString(), Everything)
            {
                ShouldIncludePredicate = (ref entry) => entry.IsDirectory && !entry.FileName.StartsWith('.'),
            };
            foreach (var name in names)
                Watch(directory.Length == 0 ? name : $"{directory}/{name}", depth + 1);
        }
        catch (DirectoryNotFoundException)
        {
            // Removed meanwhile; its event is on the way.
        }
    }
}

/// <summary>What an inotify event hints at. The watcher is only a hint, the look at the directory is the truth.</summary>
/// <param name="Path">Relative path that was touched; null where anything may have been.</param>
/// <param name="AreDirectoriesChanged">Directories came or went, so watches have to be set anew.</param>
internal sealed record WatchHint(string? Path, bool AreDirectoriesChanged)
{
    /// <summary>Events were lost.</summary>
    public static WatchHint Everything { get; } = new(null, AreDirectoriesChanged: true);

    /// <summary>Directories came or went, and with them what is in them.</summary>
    public static WatchHint Directories { get; } = new(null, AreDirectoriesChanged: true);
}
