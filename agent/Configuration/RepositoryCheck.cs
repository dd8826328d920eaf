using Agent.Common;
using Agent.Configuration.Toml;

namespace Agent.Configuration;

/// <summary>Checks <c>[repository]</c> against the file system.</summary>
internal static class RepositoryCheck
{
    private const string Images = "repository.images";
    private const string State = "repository.state";
    private const string Trash = "repository.trash";
    private const string Repoinfo = "repository.repoinfo";

    public static void Check(RepositoryOptions options, ConfigurationErrors errors)
    {
        if (errors.Has(Images))
            return;
        CheckImages(options.Images, errors);
        CheckIsDirectoryOrNothing(State, options.State, errors);
        CheckIsDirectoryOrNothing(Trash, options.Trash, errors);
        CheckRepoinfo(options, errors);
        if (options.Images.Length == 0 || errors.Has(Trash) || errors.Has(State))
            return;
        CheckApart(options, errors);
        CheckSameFileSystem(options, errors);
    }

    private static void CheckImages(string images, ConfigurationErrors errors)
    {
        if (images.Length == 0)
            errors.Add(Images, "missing; give the image directory here or with --images DIR");
        else if (FileStatus.Of(images) is not { } status)
            errors.Add(Images, $"{TomlText.Quote(images)} does not exist; make the directory or correct the path");
        else if (!status.IsDirectory)
            errors.Add(Images, $"{TomlText.Quote(images)} is not a directory");
        else if (Unreadable(images) is { } reason)
            errors.Add(Images, $"{TomlText.Quote(images)} cannot be read: {reason}");
    }

    private static void CheckIsDirectoryOrNothing(string key, string path, ConfigurationErrors errors)
    {
        if (FileStatus.Of(path) is { IsDirectory: false })
            errors.Add(key, $"{TomlText.Quote(path)} is not a directory");
    }

    private static void CheckRepoinfo(RepositoryOptions options, ConfigurationErrors errors)
    {
        var directory = Path.GetDirectoryName(options.Repoinfo);
        if (directory is null || FileStatus.Of(options.Repoinfo) is { IsDirectory: true })
            errors.Add(Repoinfo, $"{TomlText.Quote(options.Repoinfo)} is a directory; expected the path of a file");
        // The state directory is made at start; any other one is somebody else's.
        else if (directory != options.State && FileStatus.Of(directory) is not { IsDirectory: true })
            errors.Add(Repoinfo, $"{TomlText.Quote(directory)} is not a directory; make it or correct the path");
    }

    /// <summary>Images in the trash would be emptied with it, and the agent's own files in the image directory would be taken for images.</summary>
    private static void CheckApart(RepositoryOptions options, ConfigurationErrors errors)
    {
        var images = RealPath.Of(options.Images);
        var trash = RealPath.Of(options.Trash);
        var state = RealPath.Of(options.State);
        CheckApart(Trash, ("the trash", trash), ("the image directory", images), errors);
        CheckApart(State, ("the state directory", state), ("the image directory", images), errors);
        // A trash inside the state directory harms nobody.
        if (RealPath.IsInside(state, trash))
            errors.Add(State, Contained("the state directory", state, "the trash", trash));
    }

    private static void CheckApart(string key, (string What, string Path) one, (string What, string Path) other, ConfigurationErrors errors)
    {
        if (RealPath.IsInside(one.Path, other.Path))
            errors.Add(key, Contained(one.What, one.Path, other.What, other.Path));
        else if (RealPath.IsInside(other.Path, one.Path))
            errors.Add(key, Contained(other.What, other.Path, one.What, one.Path));
    }

    private static string Contained(string inner, string innerPath, string outer, string outerPath) => innerPath == outerPath
        ? $"{inner} and {outer} are the same directory, {TomlText.Quote(innerPath)}; they must lie apart"
        : $"{inner} {TomlText.Quote(innerPath)} lies in {outer} {TomlText.Quote(outerPath)}; they must lie apart";

    /// <summary>Deleting and restoring an image is a rename, which cannot leave a file system.</summary>
    private static void CheckSameFileSystem(RepositoryOptions options, ConfigurationErrors errors)
    {
        if (errors.Has(Images) || errors.Has(Trash) || FileStatus.Of(options.Images) is not { } images)
            return;
        if (Nearest(options.Trash) is { } trash && trash.Device != images.Device)
            errors.Add(Trash, $"{TomlText.Quote(options.Trash)} is not on the file system of {TomlText.Quote(options.Images)}; choose a directory beside the images");
    }

    /// <summary>The status of the path, or of the directory that it would be made in.</summary>
    private static FileStatus? Nearest(string path) =>
        FileStatus.Of(path) ?? (Path.GetDirectoryName(path) is { } parent ? Nearest(parent) : null);

    private static string? Unreadable(string directory)
    {
        try
        {
            using var entries = Directory.EnumerateFileSystemEntries(directory).GetEnumerator();
            entries.MoveNext();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
