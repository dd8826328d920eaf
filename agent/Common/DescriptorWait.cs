using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Agent.Common;

/// <summary>
/// Blocks a thread until a descriptor can be read or another thread calls <see cref="Wake"/> (<c>poll(2)</c> with an <c>eventfd(2)</c>).
/// For the few loops that have a thread of their own; everything else waits asynchronously.
/// </summary>
internal sealed partial class DescriptorWait : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const short PollIn = 1;
    private const int Interrupted = 4;

    private readonly int _wakeup;
    private readonly Lock _closing = new();
    private bool _isClosed;

    /// <summary>Makes one.</summary>
    /// <exception cref="IOException">No descriptor is left.</exception>
    public DescriptorWait()
    {
        _wakeup = EventDescriptor(0, CloseOnExec | NonBlocking);
        if (_wakeup < 0)
            throw Failure("eventfd cannot be opened");
    }

    /// <summary>True when the descriptor can be read, or is broken, which reading it tells; false after <see cref="Wake"/>, for good.</summary>
    /// <exception cref="IOException">It cannot be waited for.</exception>
    public bool UntilReadable(int descriptor)
    {
        Span<PollDescriptor> descriptors = [new(descriptor, PollIn), new(_wakeup, PollIn)];
        while (Poll(descriptors, (nuint)descriptors.Length, timeout: -1) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
                throw Failure("poll failed");
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

    private static IOException Failure(string what) =>
        new($"{what}: {Marshal.GetLastPInvokeErrorMessage()}", new Win32Exception(Marshal.GetLastPInvokeError()));

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor(int descriptor, short events)
    {
        public int Descriptor = descriptor;
        public short Events = events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(Span<PollDescriptor> descriptors, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, ReadOnlySpan<byte> buffer, nuint count);
}
