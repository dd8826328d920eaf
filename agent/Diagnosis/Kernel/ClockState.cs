using System.Runtime.InteropServices;

namespace Agent.Diagnosis.Kernel;

/// <summary>What the kernel says of its clock, <c>adjtimex(2)</c>.</summary>
/// <param name="IsSynchronised">A program keeps it in step with others.</param>
/// <param name="MaximumError">By how much it is wrong at most, as that program reckons.</param>
internal sealed partial record ClockState(bool IsSynchronised, TimeSpan MaximumError)
{
    private const int Unsynchronised = 0x40;

    /// <summary>As it is now.</summary>
    /// <exception cref="IOException">The kernel does not tell.</exception>
    public static ClockState Now()
    {
        var buffer = default(TimexBuffer);
        if (Adjust(ref buffer) < 0)
            throw new IOException($"adjtimex: {Marshal.GetLastPInvokeErrorMessage()}");
        return new ClockState((buffer.Status & Unsynchronised) == 0, TimeSpan.FromMicroseconds(buffer.MaximumError));
    }

    /// <summary>Changes nothing where no mode is set.</summary>
    [LibraryImport("libc", EntryPoint = "adjtimex", SetLastError = true)]
    private static partial int Adjust(ref TimexBuffer buffer);

    /// <summary><c>struct timex</c> where a long has 64 bits.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 208)]
    private struct TimexBuffer
    {
        [FieldOffset(24)] public long MaximumError;
        [FieldOffset(40)] public int Status;
    }
}
