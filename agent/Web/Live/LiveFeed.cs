using System.Runtime.CompilerServices;
using System.Text.Json;
using Agent.Api;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Tracker;
using Agent.Images;
using Agent.Indexing;
using Agent.Indexing.Checking;
using Agent.Jobs;
using Agent.Replication.Globals;
using Agent.Transmissions;

namespace Agent.Web.Live;

/// <summary>
/// Tells listeners how the agent is doing. It looks only while somebody listens, and once a second for all of them together. Every member may
/// be called from any thread.
/// </summary>
internal sealed class LiveFeed(IServiceProvider services, TimeProvider time)
{
    /// <summary>So many may listen at once: browsers of administrators, not of a classroom.</summary>
    public const int MostListeners = 64;

    private const int BeatsOfSilence = 15;

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = time;
    private readonly Lock _lock = new();
    private int _listeners;
    private string _current = "";
    private long _seen;

    /// <summary>Lets one more listen, until it is disposed; null where too many do.</summary>
    public Listener? TryListen()
    {
        lock (_lock)
        {
            if (_listeners == MostListeners)
                return null;
            _listeners++;
            return new Listener(this);
        }
    }

    /// <summary>The state as JSON: the same object as long as nothing has changed.</summary>
    private string Look()
    {
        lock (_lock)
        {
            // Somewhat less than the beat, or timers that ring early would each see what the one before saw.
            if (_current.Length > 0 && _time.GetElapsedTime(_seen) < Beat / 2)
                return _current;
            var now = JsonSerializer.Serialize(Read(), ApiJson.Readable.LiveResponse);
            _seen = _time.GetTimestamp();
            return _current = now == _current ? _current : now;
        }
    }

    private LiveResponse Read()
    {
        var now = services.GetRequiredService<Catalogue>().Current;
        var jobs = services.GetRequiredService<JobQueue>().List();
        var transmissions = services.GetRequiredService<TransmissionRegistry>().All;
        var damaged = now.Images.Count(image => image.Check.State == CheckState.Damaged);
        return new LiveResponse
        {
            Version = AgentIdentity.BuildVersion,
            Started = services.GetRequiredService<AgentIdentity>().Started,
            Revision = now.Revision,
            Images = now.Images.Length,
            Bytes = now.Images.Sum(image => image.IsFile ? image.Stamp.Length : 0),
            Locked = now.Images.Count(image => image.IsLocked),
            Indexed = now.Images.Count(image => image.Digests is not null),
            Indexing = IndexingResponse.Of(services.GetRequiredService<IndexingService>().Progress),
            Checks = CheckingResponse.Of(services.GetRequiredService<ScheduledChecks>().Progress, damaged),
            Disk = DiskResponse.Of(services.GetRequiredService<ImageDirectory>().Root),
            Peers = services.GetService<TrackerService>()?.PeerCount,
            UploadedBytes = services.GetService<SeederService>()?.Snapshot().Uploaded,
            Jobs = LiveWork.Of(jobs),
            Transmissions = LiveWork.Of(transmissions),
            GlobalsMark = MarkOf(services.GetRequiredService<GlobalImages>()),
        };
    }

    private static int MarkOf(GlobalImages globals)
    {
        var mark = new HashCode();
        foreach (var copy in globals.Statuses)
            mark.Add(copy);
        return mark.ToHashCode();
    }

    /// <summary>One who listens.</summary>
    internal sealed class Listener(LiveFeed feed) : IDisposable
    {
        /// <summary>The state as it is, then after each change; null where nothing was told for a while. Without end.</summary>
        public async IAsyncEnumerable<string?> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            using var timer = new PeriodicTimer(Beat, feed._time);
            string? told = null;
            var silence = 0;
            do
            {
                var now = feed.Look();
                if (now != told)
                    yield return told = now;
                else if (++silence % BeatsOfSilence == 0)
                    yield return null;
            }
            while (await timer.WaitForNextTickAsync(cancellation));
        }

        public void Dispose()
        {
            lock (feed._lock)
                feed._listeners--;
        }
    }
}
