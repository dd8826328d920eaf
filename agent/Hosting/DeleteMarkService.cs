using Agent.Images.Trash;

namespace Agent.Hosting;

/// <summary>Looks for delete marks again and again, as OpenGnsys' cron job did every minute.</summary>
/// <param name="marks">The marks.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">For a directory that cannot be read.</param>
public sealed partial class DeleteMarkService(DeleteMarks marks, TimeProvider time, ILogger<DeleteMarkService> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private string? _told;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await marks.CarryOutAsync(stoppingToken);
                _told = null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (_told != e.Message)
                    LogFailed(e.Message, Interval);
                _told = e.Message;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(5011, LogLevel.Warning, "Delete marks could not be read: {Reason} They are looked for every {Interval}")]
    private partial void LogFailed(string reason, TimeSpan interval);
}
