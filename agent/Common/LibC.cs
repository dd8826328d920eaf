using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Agent.Common;

/// <summary>The calls of the C library that .NET has no API for and that more than one folder needs.</summary>
internal static partial class LibC
{
    /// <summary>Of <c>open</c>, <c>accept4</c>, <c>eventfd</c> and <c>inotify_init1</c>: no child gets the descriptor.</summary>
    internal const int CloseOnExec = 0x80000;

    /// <summary>Of the same calls: nothing waits.</summary>
    internal const int NonBlocking = 0x800;

    /// <summary>What <see cref="Poll"/> waits for: something can be read, or the descriptor is broken.</summary>
    internal const short PollIn = 1;

    /// <summary>Of <see cref="Advise"/>: the file is read from its beginning to its end.</summary>
    internal const int Sequential = 2;

    /// <summary>Of <see cref="Advise"/>: this range is read soon.</summary>
    internal const int WillNeed = 3;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int Statx(int directory, string path, int flags, uint mask, out StatxBuffer buffer);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Fsync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    /// <summary>Keeps a descriptor from child processes.</summary>
    internal static void KeepFromChildren(int descriptor)
    {
        const int setFlags = 2, closeOnExec = 1;
        _ = FcntlSet(descriptor, setFlags, closeOnExec);
    }

    /// <summary>Gives a file to an owner and a group.</summary>
    /// <exception cref="IOException">That is refused.</exception>
    internal static void ChangeOwner(string path, uint owner, uint group)
    {
        if (Chown(path, owner, group) != 0)
            throw new IOException($"Cannot give {path} to user {owner}, group {group}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Sets the mode of a file, the bits above the permissions included.</summary>
    /// <exception cref="IOException">That is refused.</exception>
    internal static void ChangeMode(string path, int mode)
    {
        if (Chmod(path, mode) != 0)
            throw new IOException($"Cannot set the mode of {path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>How many descriptors are ready; 0 where the time is over first, −1 where it fails.</summary>
    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(Span<PollDescriptor> descriptors, nuint count, int milliseconds);

    /// <summary>
    /// Opens a file or directory that is there; null where that fails. Not by <see cref="File.OpenHandle"/>: that locks the file (flock, even when it
    /// shares everything), which a client that writes over Samba could meet, and waits for the writer of a FIFO.
    /// </summary>
    internal static SafeFileHandle? OpenUnlocked(string path, bool write = false)
    {
        const int readOnly = 0, readWrite = 2;
        var descriptor = Open(path, (write ? readWrite : readOnly) | CloseOnExec | NonBlocking, 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Tells the kernel how a range of a file (0 bytes: to its end) is going to be read; a hint that it may ignore.</summary>
    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    internal static partial int Advise(SafeFileHandle file, long offset, long length, int advice);

    /// <summary>Resolves every symbolic link; <paramref name="resolved"/> must hold <c>PATH_MAX</c> (4096) bytes.</summary>
    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static unsafe partial byte* RealPath(string path, byte* resolved);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Chown(string path, uint owner, uint group);

    [LibraryImport("libc", EntryPoint = "chmod", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Chmod(string path, int mode);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FcntlSet(int descriptor, int command, int value);

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollDescriptor(int descriptor, short events)
    {
        public int Descriptor = descriptor;
        public short Events = events;
        public short Returned;
    }

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary><c>struct statx</c> of the kernel: one layout on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct StatxBuffer
    {
        [FieldOffset(0x10)] public uint Links;
        [FieldOffset(0x14)] public uint Owner;
        [FieldOffset(0x18)] public uint Group;
        [FieldOffset(0x1C)] public ushort Mode;
        [FieldOffset(0x20)] public ulong Inode;
        [FieldOffset(0x28)] public ulong Size;
        [FieldOffset(0x60)] public long ChangedSeconds;
        [FieldOffset(0x68)] public uint ChangedNanoseconds;
        [FieldOffset(0x70)] public long ModifiedSeconds;
        [FieldOffset(0x78)] public uint ModifiedNanoseconds;
        [FieldOffset(0x88)] public uint DeviceMajor;
        [FieldOffset(0x8C)] public uint DeviceMinor;
    }
}
