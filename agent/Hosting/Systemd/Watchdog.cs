using System.Globalization;

namespace Agent.Hosting.Systemd;

/// <summary>
/// Tells systemd's watchdog that the agent lives, at half of the time that it asks for, and only while everything that is probed answers. When
/// something is stuck it says so and keeps silent, and systemd starts the agent anew.
/// </summary>
internal sealed partial class Watchdog(ServiceNotifier notifier, WatchdogInterval interval, LivenessProbe probe, TimeProvider time, ILogger<Watchdog> logger)
    : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (interval.Between is not { } between || !notifier.IsHeard)
            return;
        using var timer = new PeriodicTimer(between, time);
        do
        {
            var stuck = await probe.FindStuckAsync(between, stoppingToken);
            if (stuck.Count == 0)
                notifier.Alive();
            else
                LogStuck(string.Join(", ", stuck), between.TotalSeconds);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(5211, LogLevel.Critical, "No answer within {Seconds} s from: {Parts}. The watchdog is not told that the agent lives")]
    private partial void LogStuck(string parts, double seconds);
}

/// <summary>How often the watchdog wants to hear from this process.</summary>
/// <param name="Between">Time between two signs of life; null where there is no watchdog.</param>
internal sealed record WatchdogInterval(TimeSpan? Between)
{
    /// <summary>Half of what <c>WATCHDOG_USEC</c> says, unless <c>WATCHDOG_PID</c> names another process, as sd_watchdog_enabled(3) has it.</summary>
    public static WatchdogInterval OfEnvironment() =>
        Of(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable("WATCHDOG_PID"), Environment.ProcessId);

    /// <inheritdoc cref="OfEnvironment"/>
    public static WatchdogInterval Of(string? microseconds, string? process, int self)
    {
        var isMeant = process is null || process == self.ToString(CultureInfo.InvariantCulture);
        var isTime = long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 2000 and <= 2L * uint.MaxValue * 1000;
        return new WatchdogInterval(isMeant && isTime ? TimeSpan.FromMicroseconds(limit / 2) : null);
    }
}
