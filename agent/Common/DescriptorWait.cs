using System.Runtime.InteropServices;

namespace Agent.Common;

/// <summary>
/// Blocks a thread until a descriptor can be read or another thread calls <see cref="Wake"/> (<c>poll(2)</c> with an <c>eventfd(2)</c>).
/// For the few loops that have a thread of their own; everything else waits asynchronously.
/// </summary>
internal sealed partial class DescriptorWait : IDisposable
{
    private readonly int _wakeup;
    private readonly Lock _closing = new();
    private bool _isClosed;

    /// <summary>Makes one.</summary>
    /// <exception cref="IOException">No descriptor is left.</exception>
    public DescriptorWait()
    {
        _wakeup = EventDescriptor(0, LibC.CloseOnExec | LibC.NonBlocking);
        if (_wakeup < 0)
            throw Errno.Failure("eventfd cannot be opened");
    }

    /// <summary>True when the descriptor can be read, or is broken, which reading it tells; false after <see cref="Wake"/>, for good.</summary>
    /// <exception cref="IOException">It cannot be waited for.</exception>
    public bool UntilReadable(int descriptor)
    {
        Span<LibC.PollDescriptor> descriptors = [new(descriptor, LibC.PollIn), new(_wakeup, LibC.PollIn)];
        while (LibC.Poll(descriptors, (nuint)descriptors.Length, milliseconds: -1) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
                throw Errno.Failure("poll failed");
        }
        return descriptors[1].Returned == 0;
    }

    /// <summary>Makes the present and every later <see cref="UntilReadable"/> return at once.</summary>
    public void Wake()
    {
        lock (_closing)
        {
            if (!_isClosed)
                _ = Write(_wakeup, BitConverter.GetBytes(1L), sizeof(long));
        }
    }

    /// <summary>Closes it; nobody may be in <see cref="UntilReadable"/>.</summary>
    public void Dispose()
    {
        lock (_closing)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            _ = LibC.Close(_wakeup);
        }
    }

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, ReadOnlySpan<byte> buffer, nuint count);
}
