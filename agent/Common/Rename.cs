using System.Runtime.InteropServices;

namespace Agent.Common;

/// <summary>Renames that never replace and never copy, as .NET's own do.</summary>
public static partial class Rename
{
    private const int CurrentDirectory = -100;
    private const uint NoReplace = 1;

    /// <summary>Gives a file or directory another path on the same file system.</summary>
    /// <exception cref="FileNotFoundException">There is nothing at <paramref name="from"/>, or no directory for <paramref name="to"/>.</exception>
    /// <exception cref="IOException">Something is at <paramref name="to"/>, it is on another file system, or the system refuses.</exception>
    public static void WithoutReplacing(string from, string to)
    {
        if (RenameAt(CurrentDirectory, from, CurrentDirectory, to, NoReplace) == 0)
            return;
        var error = Marshal.GetLastPInvokeError();
        // Some network file systems do not know the flag; they get the check and the rename one after the other.
        if (error == Errno.Invalid && FileStatus.OfLink(to) is null && RenameAt(CurrentDirectory, from, CurrentDirectory, to, 0) == 0)
            return;
        throw error switch
        {
            Errno.NoEntry => new FileNotFoundException($"{from} cannot be moved to {to}: one of them does not exist.", from),
            Errno.Exists or Errno.Invalid => new IOException($"{from} cannot be moved to {to}: something is there already."),
            Errno.OtherDevice => new IOException($"{from} cannot be moved to {to}: that is another file system, and images are moved by renaming only."),
            _ => new IOException($"{from} cannot be moved to {to}: {Marshal.GetPInvokeErrorMessage(error)}.", error),
        };
    }

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int RenameAt(int fromDirectory, string from, int toDirectory, string to, uint flags);
}
