namespace Agent.Common;

/// <summary>Tells a full disk, or a used-up quota, from other failures: it is worth waiting for space, and retrying elsewhere is not.</summary>
public static class DiskFull
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    /// <summary>True if the file system had no room. On Linux .NET gives the error number of the system as <see cref="Exception.HResult"/>.</summary>
    public static bool Is(Exception exception) => exception is IOException { HResult: NoSpace or QuotaExceeded };
}
