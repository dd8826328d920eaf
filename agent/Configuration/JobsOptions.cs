namespace Agent.Configuration;

/// <summary><c>[jobs]</c>: how long ended jobs are remembered.</summary>
public sealed record JobsOptions
{
    /// <summary>Ended jobs, with their logs and results, are forgotten after this time.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Most ended jobs that are remembered, the latest ones.</summary>
    public int KeepCount { get; init; } = 1000;

    internal static JobsOptions Bind(OptionSection section)
    {
        var defaults = new JobsOptions();
        return new JobsOptions
        {
            Keep = section.Duration("keep", defaults.Keep, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650)),
            KeepCount = section.Integer("keep_count", defaults.KeepCount, 1, 100_000),
        };
    }
}
