using System.Globalization;
using Agent.Common;
using Microsoft.Win32.SafeHandles;

namespace Agent.Hosting.Logging;

/// <summary>Tells whether what this process prints goes to the journal.</summary>
internal static class JournalStream
{
    /// <summary>
    /// True where <c>JOURNAL_STREAM</c> names the very file that is standard output or standard error, as systemd.exec(5) has it: the variable
    /// alone may come from a service that started a shell that started us.
    /// </summary>
    public static bool IsOurs() =>
        Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { } stream && (stream == NameOf(1) || stream == NameOf(2));

    private static string? NameOf(int descriptor)
    {
        try
        {
            using var handle = new SafeFileHandle(descriptor, ownsHandle: false);
            var status = FileStatus.Of(handle);
            return string.Create(CultureInfo.InvariantCulture, $"{DeviceNumber(status.Device)}:{status.Stamp.Inode}");
        }
        catch (IOException)
        {
            return null; // Closed.
        }
    }

    /// <summary>A device as <c>st_dev</c> has it: glibc keeps the old 8 bits of each part where they always were.</summary>
    private static ulong DeviceNumber(ulong device)
    {
        var (major, minor) = (device >> 32, device & 0xFFFF_FFFF);
        return ((major & 0xFFFF_F000) << 32) | ((major & 0xFFF) << 8) | ((minor & 0xFFFF_FF00) << 12) | (minor & 0xFF);
    }
}
