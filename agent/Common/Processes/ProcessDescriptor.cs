using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Agent.Common.Processes;

/// <summary>
/// A pidfd (Linux 5.3): refers to one process for good, whereas a process number may come to mean another process at any moment.
/// </summary>
internal sealed partial class ProcessDescriptor : SafeHandleZeroOrMinusOneIsInvalid
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <summary>Called by the marshaller.</summary>
    public ProcessDescriptor()
        : base(ownsHandle: true)
    {
    }

    /// <summary>A descriptor of a process, or null where there is none with this number.</summary>
    public static ProcessDescriptor? Open(int process)
    {
        var descriptor = OpenProcess(process, 0);
        if (!descriptor.IsInvalid)
            return descriptor;
        descriptor.Dispose();
        return null;
    }

    /// <summary>Sends a signal; nothing happens where the process has ended.</summary>
    public void Signal(int signal) => _ = SendSignal(this, signal, 0, 0);

    /// <summary>Waits for the end of the process; false where the limit is reached first.</summary>
    public bool WaitForEnd(TimeSpan limit)
    {
        var held = false;
        try
        {
            DangerousAddRef(ref held);
            return LibC.Poll([new((int)handle, LibC.PollIn)], 1, (int)limit.TotalMilliseconds) > 0;
        }
        finally
        {
            if (held)
                DangerousRelease();
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LibC.Close((int)handle) == 0;

    [LibraryImport("libc", EntryPoint = "pidfd_open", SetLastError = true)]
    private static partial ProcessDescriptor OpenProcess(int process, uint flags);

    [LibraryImport("libc", EntryPoint = "pidfd_send_signal", SetLastError = true)]
    private static partial int SendSignal(ProcessDescriptor process, int signal, nint information, uint flags);
}
