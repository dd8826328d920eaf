using System.Runtime.InteropServices;
using System.Text;
using Agent.Common;

namespace Agent.Watching;

/// <summary>What happened to an entry of a watched directory; see <c>inotify(7)</c>.</summary>
/// <param name="Watch">Which watch saw it; -1 for an overflow.</param>
/// <param name="Mask">Event bits.</param>
/// <param name="Name">Name of the entry; empty where the directory itself is meant.</param>
internal readonly record struct InotifyEvent(int Watch, InotifyMask Mask, string Name)
{
    public bool IsDirectory => (Mask & InotifyMask.IsDirectory) != 0;

    public bool Has(InotifyMask bits) => (Mask & bits) != 0;
}

/// <summary>Bits of <c>inotify(7)</c>.</summary>
[Flags]
internal enum InotifyMask : uint
{
    Attributes = 0x4,
    CloseWrite = 0x8,
    MovedFrom = 0x40,
    MovedTo = 0x80,
    Create = 0x100,
    Delete = 0x200,
    DeleteSelf = 0x400,
    MoveSelf = 0x800,
    Unmount = 0x2000,
    Overflow = 0x4000,
    Ignored = 0x8000,
    OnlyDirectory = 0x1000000,
    IsDirectory = 0x40000000,
}

/// <summary>
/// One inotify instance. .NET's own FileSystemWatcher tells neither when a writer has closed a file nor reliably when events were lost.
/// <see cref="Read"/> blocks and belongs to one thread; <see cref="Wake"/> ends it from any other.
/// </summary>
internal sealed partial class Inotify : IDisposable
{
    private const int HeaderBytes = 16;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly int _inotify;
    private readonly DescriptorWait _wait;
    private bool _isClosed;

    /// <summary>Opens an instance.</summary>
    /// <exception cref="IOException">The limit fs.inotify.max_user_instances is reached, or the kernel has no inotify.</exception>
    public Inotify()
    {
        _inotify = InotifyInit(LibC.CloseOnExec | LibC.NonBlocking);
        if (_inotify < 0)
            throw Errno.Failure("inotify cannot be opened (see sysctl fs.inotify.max_user_instances)");
        try
        {
            _wait = new DescriptorWait();
        }
        catch (IOException)
        {
            _ = LibC.Close(_inotify);
            throw;
        }
    }

    /// <summary>Watches a directory, symbolic links not followed twice: an existing watch of it keeps its number.</summary>
    /// <returns>The watch, or -1 if the directory is gone.</returns>
    /// <exception cref="IOException">The limit fs.inotify.max_user_watches is reached, or the directory may not be read.</exception>
    public int Add(string directory, InotifyMask mask)
    {
        var watch = AddWatch(_inotify, directory, (uint)(mask | InotifyMask.OnlyDirectory));
        if (watch < 0 && Marshal.GetLastPInvokeError() is not (Errno.NoEntry or Errno.NotDirectory))
            throw Errno.Failure($"{directory} cannot be watched (see sysctl fs.inotify.max_user_watches)");
        return watch;
    }

    /// <summary>Ends a watch. The kernel answers with an <see cref="InotifyMask.Ignored"/> event.</summary>
    public void Remove(int watch) => _ = RemoveWatch(_inotify, watch);

    /// <summary>Waits for events. Empty after <see cref="Wake"/>.</summary>
    /// <exception cref="IOException">The instance broke.</exception>
    public IReadOnlyList<InotifyEvent> Read()
    {
        if (!_wait.UntilReadable(_inotify))
            return [];
        var count = ReadDescriptor(_inotify, _buffer, (nuint)_buffer.Length);
        if (count < 0 && Marshal.GetLastPInvokeError() is not (Errno.Interrupted or Errno.TryAgain))
            throw Errno.Failure("reading inotify failed");
        return Parse(_buffer.AsSpan(0, (int)Math.Max(count, 0)));
    }

    /// <summary>Makes the present and every later <see cref="Read"/> return at once.</summary>
    public void Wake() => _wait.Wake();

    /// <summary>Closes the instance; nobody may be in <see cref="Read"/>.</summary>
    public void Dispose()
    {
        _wait.Dispose();
        if (!Interlocked.Exchange(ref _isClosed, true))
            _ = LibC.Close(_inotify);
    }

    /// <summary>Decodes <c>struct inotify_event</c>: watch, mask, cookie, name length, name padded with zeros.</summary>
    internal static IReadOnlyList<InotifyEvent> Parse(ReadOnlySpan<byte> buffer)
    {
        var events = new List<InotifyEvent>();
        while (buffer.Length >= HeaderBytes)
        {
            var nameLength = BitConverter.ToInt32(buffer[12..]);
            var name = buffer.Slice(HeaderBytes, nameLength);
            var end = name.IndexOf((byte)0);
            var text = Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
            events.Add(new InotifyEvent(BitConverter.ToInt32(buffer), (InotifyMask)BitConverter.ToUInt32(buffer[4..]), text));
            buffer = buffer[(HeaderBytes + nameLength)..];
        }
        return events;
    }

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int InotifyInit(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int AddWatch(int inotify, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)]
    private static partial int RemoveWatch(int inotify, int watch);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadDescriptor(int descriptor, Span<byte> buffer, nuint count);
}
