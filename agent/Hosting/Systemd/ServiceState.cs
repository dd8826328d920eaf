using System.Globalization;
using Agent.Images;
using Agent.Indexing;
using Agent.Jobs;
using Agent.Transmissions;

namespace Agent.Hosting.Systemd;

/// <summary>Tells systemd when the agent is ready, what it is doing, and that it ends.</summary>
internal sealed class ServiceState(
    ServiceNotifier notifier,
    Catalogue catalogue,
    IndexingService indexing,
    TransmissionRegistry transmissions,
    JobQueue jobs,
    IHostApplicationLifetime lifetime,
    TimeProvider time) : BackgroundService
{
    /// <summary>A line that people read: what changed within this time is told together.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!notifier.IsHeard)
            return;
        using var stopping = lifetime.ApplicationStopping.Register(notifier.Stopping);
        await StartedAsync(stoppingToken);
        notifier.Ready();
        using var timer = new PeriodicTimer(Interval, time);
        var told = "";
        do
        {
            var line = Describe();
            if (line != told)
                notifier.Status(told = line);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>When all listeners listen. The first look at the images may take long, and does not keep anybody waiting.</summary>
    private async Task StartedAsync(CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stopping);
    }

    private string Describe()
    {
        var snapshot = catalogue.Current;
        if (snapshot.Revision == 0)
            return "Reading the image directory";
        var progress = indexing.Progress;
        string?[] parts =
        [
            Count(snapshot.Images.Length, "image", "images"),
            Some(progress.WaitingImages + progress.Running.Count, "to be indexed", "to be indexed"),
            Some(transmissions.All.Count(transmission => !transmission.HasEnded), "transmission", "transmissions"),
            Some(jobs.List(JobState.Running).Count, "job runs", "jobs run"),
        ];
        return string.Join(", ", parts.OfType<string>());
    }

    private static string? Some(int count, string one, string many) => count == 0 ? null : Count(count, one, many);

    private static string Count(int count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}");
}
