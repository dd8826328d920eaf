using System.Runtime.InteropServices;

namespace Agent.Common;

/// <summary>
/// Writes files whole or not at all: temporary file in the same directory, fsync, rename, fsync of the directory.
/// After a crash at any point the target is either the old file or the new one.
/// </summary>
public static class AtomicFile
{
    /// <summary>
    /// Ending of the temporary files. Their names begin with a dot and are never an image's or a sidecar's, so that neither
    /// OpenGnsys nor our own scan takes one for something else; see <see cref="IsLeftover"/>.
    /// </summary>
    public const string TemporaryEnding = ".ogrepo-tmp";

    /// <summary>Mode of files that everyone may read: sidecars, repoinfo.json.</summary>
    public const UnixFileMode Public =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Mode of files that only the agent may read: keys.</summary>
    public const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Replaces <paramref name="path"/> by <paramref name="content"/>.</summary>
    /// <returns>
    /// The stamp of what was written, taken before it got its name: a stamp taken afterwards could be that of another program's file.
    /// </returns>
    /// <exception cref="IOException">Full disk, no permission, no such directory: the target is as it was and no temporary file stays.</exception>
    public static FileStamp Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode = Public)
    {
        var target = Path.GetFullPath(path);
        var directory = Path.GetDirectoryName(target)!;
        // The name is short whatever the target's is: one of 255 bytes must be replaceable too.
        var temporary = Path.Combine(directory, $".{Guid.NewGuid():N}{TemporaryEnding}");
        FileStamp stamp;
        try
        {
            stamp = WriteDurably(temporary, content, mode);
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
        FlushDirectory(directory);
        return stamp;
    }

    /// <summary>True for the name of a temporary file that a crash may have left behind.</summary>
    public static bool IsLeftover(ReadOnlySpan<char> fileName) => fileName.StartsWith('.') && fileName.EndsWith(TemporaryEnding);

    /// <summary>Makes renames, creations and removals in <paramref name="directory"/> durable.</summary>
    /// <exception cref="IOException">The directory cannot be opened or flushed.</exception>
    public static void FlushDirectory(string directory)
    {
        using var handle = LibC.OpenUnlocked(directory)
            ?? throw new IOException($"Cannot open directory {directory}: {Marshal.GetLastPInvokeErrorMessage()}");
        if (LibC.Fsync(handle) != 0)
            throw new IOException($"Cannot flush directory {directory}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static FileStamp WriteDurably(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = mode,
        };
        using var file = new FileStream(path, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
        return FileStamp.Of(file.SafeFileHandle);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to tell; the sweep of leftovers at the next start removes the file.
        }
    }
}
