using System.Runtime.InteropServices;

namespace Agent.Diagnosis.Accounts;

/// <summary>
/// Asks the kernel what another user may do, which knows of access lists, read-only mounts and whatever file servers refuse. For Linux a user
/// belongs to a thread; the C library's own calls change all threads at once, so the system calls are made here.
/// </summary>
internal static partial class AsUser
{
    private const int Exists = 0, Execute = 1, Write = 2, Read = 4;

    /// <summary>Numbers of setgroups, setresgid and setresuid in <c>asm/unistd.h</c>.</summary>
    private static readonly (int Groups, int Group, int User) Calls =
        RuntimeInformation.ProcessArchitecture == Architecture.X64 ? (116, 119, 117) : (159, 149, 147);

    /// <summary>Number of the user of this process.</summary>
    public static uint Current { get; } = EffectiveUser();

    /// <summary>Has a thread of that user do something. Where this is that user already, or not root, it is done as whoever this is.</summary>
    public static T Run<T>(Account account, Func<T> action)
    {
        if (Current != 0 || account.User == 0)
            return action();
        var result = default(T);
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Become(account);
                result = action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new IOException(failure.Message, failure);
    }

    /// <summary>True where the user of this thread may read a file, or list a directory.</summary>
    public static bool MayRead(string path) => Access(path, Read) == 0;

    /// <summary>True where the user of this thread may run a file, or pass through a directory.</summary>
    public static bool MayExecute(string path) => Access(path, Execute) == 0;

    /// <summary>True where the user of this thread may make and remove files in a directory.</summary>
    public static bool MayChange(string directory) => Access(directory, Write | Execute) == 0;

    /// <summary>True where the user of this thread sees that there is something.</summary>
    public static bool Sees(string path) => Access(path, Exists) == 0;

    private static unsafe void Become(Account account)
    {
        var groups = account.Groups.ToArray();
        fixed (uint* first = groups)
        {
            if (SystemCall(Calls.Groups, groups.Length, (nint)first, 0) != 0
                || SystemCall(Calls.Group, (nint)account.Group, (nint)account.Group, (nint)account.Group) != 0
                || SystemCall(Calls.User, (nint)account.User, (nint)account.User, (nint)account.User) != 0)
            {
                throw new IOException($"Cannot become user {account.Name}: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);
}
