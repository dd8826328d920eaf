using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Agent.Common;

/// <summary>Error numbers of Linux (<c>errno(3)</c>), the same on every architecture that is built for, and the exception that tells of one.</summary>
internal static class Errno
{
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int BadDescriptor = 9;
    public const int TryAgain = 11;
    public const int NoMemory = 12;
    public const int Fault = 14;
    public const int Exists = 17;
    public const int OtherDevice = 18;
    public const int NotDirectory = 20;
    public const int Invalid = 22;
    public const int TooManyOpenInAll = 23;
    public const int TooManyOpen = 24;
    public const int NoSpace = 28;
    public const int NotSocket = 88;
    public const int NotSupported = 95;
    public const int NoBuffers = 105;
    public const int QuotaExceeded = 122;

    /// <summary>What the last call of the C library failed with.</summary>
    /// <param name="what">What could not be done, as the beginning of the message.</param>
    public static IOException Failure(string what) => Failure(what, Marshal.GetLastPInvokeError());

    /// <inheritdoc cref="Failure(string)"/>
    public static IOException Failure(string what, int error) => new($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", new Win32Exception(error));
}
