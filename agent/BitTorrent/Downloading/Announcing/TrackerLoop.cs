using System.Net;
using System.Net.Sockets;

namespace Agent.BitTorrent.Downloading.Announcing;

/// <summary>Announces a download to one tracker, as often as the tracker wants, and hands on the peers it tells.</summary>
internal sealed partial class TrackerLoop(
    string url, DownloadTools tools, Func<TrackerEvent, TrackerAnnounce> announce, Action<List<IPEndPoint>> found)
{
    private const int FailuresOfLost = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TimeForFarewell = TimeSpan.FromSeconds(3);

    private readonly ILogger _logger = tools.Logger;
    private bool _isKnown;
    private volatile int _failures;

    /// <summary>The URL.</summary>
    public string Url => url;

    /// <summary>True when it has failed so often that nothing is expected of it; it is asked all the same.</summary>
    public bool IsLost => _failures >= FailuresOfLost;

    /// <summary>Why the last announce failed; null when it did not.</summary>
    public string? Problem { get; private set; }

    /// <summary>True for a URL that can be announced to.</summary>
    public static bool CanBe(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "udp" && uri.Host.Length > 0;

    /// <summary>Announces until <paramref name="stopping"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                var answer = await TryAnnounceAsync(_isKnown ? TrackerEvent.None : TrackerEvent.Started, tools.Settings.TrackerTimeout, stopping);
                _failures = answer is null ? _failures + 1 : 0;
                await Task.Delay(answer?.Interval ?? PauseAfter(_failures), tools.Time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The end of the download.
        }
    }

    /// <summary>Says at the end whether all was fetched, and takes leave, if the tracker knows of the download at all.</summary>
    /// <param name="hasCompleted">True when something was fetched and now all is there.</param>
    /// <param name="cancellation">The end of patience.</param>
    public async Task LeaveAsync(bool hasCompleted, CancellationToken cancellation)
    {
        if (!_isKnown)
            return;
        if (hasCompleted)
            await TryAnnounceAsync(TrackerEvent.Completed, TimeForFarewell, cancellation);
        await TryAnnounceAsync(TrackerEvent.Stopped, TimeForFarewell, cancellation);
    }

    private async Task<TrackerAnswer?> TryAnnounceAsync(TrackerEvent what, TimeSpan patience, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(patience, tools.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            var answer = await AnnounceAsync(announce(what), limit.Token);
            Problem = null;
            _isKnown = true;
            LogAnswered(url, what, answer.Peers.Count, answer.Interval.TotalSeconds);
            if (what is not TrackerEvent.Stopped)
                found(answer.Peers);
            return answer;
        }
        catch (Exception e) when (e is TrackerException or HttpRequestException or SocketException or IOException or UriFormatException)
        {
            Problem = e.Message;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            Problem = $"it does not answer within {patience.TotalSeconds:F0} s";
        }
        LogFailed(url, Problem);
        return null;
    }

    private Task<TrackerAnswer> AnnounceAsync(TrackerAnnounce what, CancellationToken cancellation)
    {
        var uri = new Uri(url);
        return uri.Scheme == "udp"
            ? UdpAnnouncer.AnnounceAsync(uri, what, tools.Time, cancellation)
            : HttpAnnouncer.AnnounceAsync(tools.Http, url, what, cancellation);
    }

    private static TimeSpan PauseAfter(int failures)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(failures - 1, 8));
        return pause < LongestPause ? pause : LongestPause;
    }

    [LoggerMessage(3421, LogLevel.Debug, "Tracker {Url} answers to {Event} with {Count} peers, and wants to hear again in {Seconds} s")]
    private partial void LogAnswered(string url, TrackerEvent @event, int count, double seconds);

    [LoggerMessage(3420, LogLevel.Debug, "Tracker {Url} gives no peers: {Problem}")]
    private partial void LogFailed(string url, string problem);
}
