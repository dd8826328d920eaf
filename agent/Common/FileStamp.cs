using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Agent.Common;

/// <summary>What tells one content of a file from another without reading it: size, modification time and inode.</summary>
/// <param name="Length">Size in bytes.</param>
/// <param name="ModifiedNanoseconds">Modification time in nanoseconds since 1970-01-01 UTC, as the file system keeps it.</param>
/// <param name="Inode">Inode number: a file that was replaced by a rename has another one even where size and time agree.</param>
public readonly record struct FileStamp(long Length, long ModifiedNanoseconds, ulong Inode)
{
    /// <summary>Modification time, cut to the 100 ns that <see cref="DateTimeOffset"/> can hold.</summary>
    public DateTimeOffset Modified => DateTimeOffset.UnixEpoch.AddTicks(ModifiedNanoseconds / 100);

    /// <summary>The stamp of a path, symbolic links followed; null where nothing can be looked at.</summary>
    public static FileStamp? Of(string path) => FileStatus.Of(path)?.Stamp;

    /// <summary>The stamp of an open file.</summary>
    /// <exception cref="IOException">The file cannot be looked at.</exception>
    public static FileStamp Of(SafeFileHandle file) => FileStatus.Of(file).Stamp;
}

/// <summary>What <c>statx(2)</c> tells of a file.</summary>
/// <param name="Stamp">Size, time and inode.</param>
/// <param name="Mode">File type and permission bits, as in <c>st_mode</c>.</param>
/// <param name="Device">Device the file lies on.</param>
/// <param name="Changed">
/// Time of the last change of content, name or mode (ctime). Unlike the modification time nobody can set it, so it tells how long a
/// file has been quiet.
/// </param>
/// <param name="Links">Number of hard links.</param>
public readonly record struct FileStatus(FileStamp Stamp, int Mode, ulong Device, DateTimeOffset Changed, int Links)
{
    private const int TypeMask = 0xF000;

    /// <summary>Number of the user whose it is.</summary>
    public uint Owner { get; init; }

    /// <summary>Number of its group.</summary>
    public uint Group { get; init; }

    /// <summary>A plain file.</summary>
    public bool IsRegular => (Mode & TypeMask) == 0x8000;

    /// <summary>A directory.</summary>
    public bool IsDirectory => (Mode & TypeMask) == 0x4000;

    /// <summary>A symbolic link, which only <see cref="OfLink"/> can see.</summary>
    public bool IsLink => (Mode & TypeMask) == 0xA000;

    /// <summary>Permission bits including set-id and sticky, for example octal 0644.</summary>
    public int Permissions => Mode & 0xFFF;

    /// <summary>Status of a path, symbolic links followed; null where nothing can be looked at.</summary>
    public static FileStatus? Of(string path) => Call(CurrentDirectory, path, flags: 0);

    /// <summary>Status of the path itself, even if it is a symbolic link; null where nothing can be looked at.</summary>
    public static FileStatus? OfLink(string path) => Call(CurrentDirectory, path, NoFollow);

    /// <summary>Status of an open file.</summary>
    /// <exception cref="IOException">The file cannot be looked at.</exception>
    public static FileStatus Of(SafeFileHandle file)
    {
        var held = false;
        try
        {
            file.DangerousAddRef(ref held);
            return Call((int)file.DangerousGetHandle(), string.Empty, EmptyPath)
                ?? throw new IOException($"Cannot look at an open file: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        finally
        {
            if (held)
                file.DangerousRelease();
        }
    }

    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7FF;

    private static FileStatus? Call(int directory, string path, int flags)
    {
        if (LibC.Statx(directory, path, flags, BasicStats, out var s) != 0)
            return null;
        var modified = s.ModifiedSeconds * 1_000_000_000 + s.ModifiedNanoseconds;
        var changed = DateTimeOffset.UnixEpoch.AddTicks(s.ChangedSeconds * TimeSpan.TicksPerSecond + s.ChangedNanoseconds / 100);
        var device = ((ulong)s.DeviceMajor << 32) | s.DeviceMinor;
        return new FileStatus(new FileStamp((long)s.Size, modified, s.Inode), s.Mode, device, changed, (int)s.Links) { Owner = s.Owner, Group = s.Group };
    }
}
