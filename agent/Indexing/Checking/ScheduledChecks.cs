using Agent.Common;
using Agent.Images;
using Agent.Indexing.Hashing;

namespace Agent.Indexing.Checking;

/// <summary>Reads every image again, one at a time, as <see cref="CheckSchedule"/> says, and only while nobody else reads images.</summary>
public sealed partial class ScheduledChecks(
    Catalogue catalogue, CheckRunner check, CheckSchedule schedule, TimeProvider time, ILogger<ScheduledChecks> logger) : BackgroundService
{
    /// <summary>A catalogue in motion is looked at once in this time.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromHours(1);

    /// <summary>Clocks are set: what is due is not slept through for longer than this.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    private readonly Dictionary<ImageId, long> _failed = [];
    private volatile Running? _running;

    /// <summary>What is being done now, and what comes.</summary>
    public CheckingProgress Progress
    {
        get
        {
            var due = schedule.At(catalogue.Current, time.GetUtcNow(), _ => false);
            return new CheckingProgress(_running?.Progress, due.Images, due.Bytes, due.Next);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var snapshot = catalogue.Current;
            var due = schedule.At(snapshot, time.GetUtcNow(), HasFailed);
            if (due.First is { } image)
                await CheckAsync(image, stoppingToken);
            else
                await SleepAsync(snapshot, due.Next, stoppingToken);
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    private async Task CheckAsync(Image image, CancellationToken stopping)
    {
        _running = new Running(image, time);
        try
        {
            await check.RunAsync(image, full: false, ReadPriority.Background, _running, stopping);
            // What came of it is in the catalogue, or the image is no more what it was. Else it would be read for ever.
            if (catalogue.Current.Find(image.Id) is { } after && after.Check == image.Check && after.Stamp == image.Stamp)
                Postpone(image);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogFailed(image.Id, e.Message, AfterFailure);
            Postpone(image);
        }
        finally
        {
            _running = null;
        }
    }

    private void Postpone(Image image) => _failed[image.Id] = time.GetTimestamp() + (long)(AfterFailure.TotalSeconds * time.TimestampFrequency);

    private bool HasFailed(Image image)
    {
        if (!_failed.TryGetValue(image.Id, out var until))
            return false;
        if (time.GetTimestamp() < until)
            return true;
        _failed.Remove(image.Id);
        return false;
    }

    private async Task SleepAsync(CatalogueSnapshot snapshot, DateTimeOffset? next, CancellationToken stopping)
    {
        var sleep = next - time.GetUtcNow() is { } wait && wait < LongestSleep ? wait : LongestSleep;
        using var waking = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var woken = await Task.WhenAny(snapshot.Replaced, Task.Delay(sleep > Calm ? sleep : Calm, time, waking.Token));
        await waking.CancelAsync();
        if (woken == snapshot.Replaced)
            await Task.Delay(Calm, time, stopping);
    }

    [LoggerMessage(2213, LogLevel.Warning, "{Image} could not be checked: {Reason} Next try in {Delay}")]
    private partial void LogFailed(ImageId image, string reason, TimeSpan delay);

    private sealed class Running(Image image, TimeProvider time) : IProgress<long>
    {
        private readonly ProgressMeter _meter = new(time);

        public ImageProgress Progress => new(
            image.Id, false, _meter.Current?.BytesDone ?? 0, image.Stamp.Length, _meter.Current?.BytesPerSecond ?? 0, _meter.Current?.RemainingSeconds);

        public void Report(long value) => _meter.Report(value, image.Stamp.Length);
    }
}

/// <summary>What the scheduled check is at.</summary>
/// <param name="Running">The image that is read; null where none is.</param>
/// <param name="DueImages">Images that are due, that one included.</param>
/// <param name="DueBytes">Bytes to be read for them.</param>
/// <param name="Next">When the next of the others is due; null where none will be.</param>
public sealed record CheckingProgress(ImageProgress? Running, int DueImages, long DueBytes, DateTimeOffset? Next);
