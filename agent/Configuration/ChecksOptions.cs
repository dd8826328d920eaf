using Agent.Common;

namespace Agent.Configuration;

/// <summary><c>[checks]</c>: the scheduled check of every image.</summary>
public sealed record ChecksOptions
{
    /// <summary>
    /// How often each image is read again, at most; null: never. Default a month, as Debian has RAID arrays and ZFS pools read: rot that nobody
    /// looks for is found by the class room.
    /// </summary>
    public TimeSpan? Every { get; init; } = TimeSpan.FromDays(30);

    internal static ChecksOptions Bind(OptionSection section)
    {
        var every = section.Text("every", new ChecksOptions().Every, TryInterval, $"{Durations.Expected}, or never");
        return new ChecksOptions { Every = every };
    }

    /// <summary>At least a minute, or "never".</summary>
    private static bool TryInterval(string text, out TimeSpan? interval)
    {
        var isDuration = Durations.TryParse(text, out var duration) && duration >= TimeSpan.FromMinutes(1) && duration <= TimeSpan.FromDays(3650);
        interval = isDuration ? duration : null;
        return isDuration || text == "never";
    }
}
