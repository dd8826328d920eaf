using Agent.Images.Trash;

namespace Agent.Hosting;

/// <summary>Erases deleted images that have been in the trash for long enough.</summary>
/// <param name="trash">The trash.</param>
/// <param name="keep">How long they stay, as the configuration is now.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">For what could not be erased.</param>
public sealed partial class TrashSweeper(TrashBin trash, Func<TimeSpan> keep, TimeProvider time, ILogger<TrashSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await trash.SweepAsync(time.GetUtcNow() - keep(), stoppingToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogFailed(e.Message, Interval);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(5010, LogLevel.Warning, "The trash could not be swept: {Reason} Next try in {Interval}")]
    private partial void LogFailed(string reason, TimeSpan interval);
}
