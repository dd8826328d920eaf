using Agent.Common;

namespace Agent.Transmissions;

/// <summary>
/// One transmission while it happens. The reader of the sender's output and the supervisor change it, from several threads; everybody else
/// sees snapshots.
/// </summary>
internal sealed class Transmission
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly RateMeter _rate;
    private readonly LogTail _log = new();
    private readonly List<string> _order = [];
    private readonly List<IDisposable> _owned = [];
    private readonly Dictionary<string, Receiver> _receivers = [];
    private readonly long _created;
    private readonly TaskCompletionSource<TransmissionSnapshot> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TransmissionSnapshot _facts;
    private bool _isEnding;
    private long _began;
    private long _lastSign;

    public Transmission(
        TransmissionProtocol protocol,
        string imagePath,
        FileStamp image,
        IReadOnlyDictionary<string, string> parameters,
        TimeProvider time)
    {
        _time = time;
        _rate = new RateMeter(time);
        _created = _began = _lastSign = time.GetTimestamp();
        Image = image;
        _facts = new TransmissionSnapshot
        {
            Id = Guid.NewGuid().ToString("N")[..12],
            Protocol = protocol,
            ImagePath = imagePath,
            Parameters = parameters,
            State = TransmissionState.Waiting,
            Created = time.GetUtcNow(),
            Receivers = [],
            TotalBytes = image.Length,
            BytesSent = 0,
            BytesPerSecond = 0,
            Log = [],
        };
    }

    /// <summary>Called after each change, outside the lock; set once, by the registry.</summary>
    public Action? Changed { private get; set; }

    /// <summary>The image as it was at the start.</summary>
    public FileStamp Image { get; }

    public string Id => _facts.Id;

    /// <summary>Completes with the last snapshot; never fails.</summary>
    public Task<TransmissionSnapshot> Ended => _ended.Task;

    /// <summary>How long it has been there, whatever was done to the clock.</summary>
    public TimeSpan Age => _time.GetElapsedTime(_created);

    /// <summary>How long ago receivers came or went or bytes were sent for the last time.</summary>
    public TimeSpan Silence
    {
        get
        {
            lock (_lock)
                return _time.GetElapsedTime(_lastSign);
        }
    }

    public TransmissionSnapshot Snapshot
    {
        get
        {
            lock (_lock)
                return Take();
        }
    }

    /// <summary>What the program said last, for error messages.</summary>
    public string? LastWords
    {
        get
        {
            lock (_lock)
                return _log.Last;
        }
    }

    public void Log(string line) => Change(() => _log.Add(line));

    /// <summary>Adds a receiver or replaces what is known of it.</summary>
    public void Set(string key, Receiver receiver) => Change(() =>
    {
        if (_receivers.TryAdd(key, receiver))
            _order.Add(key);
        else
            _receivers[key] = receiver;
        _lastSign = _time.GetTimestamp();
    });

    /// <summary>Changes a receiver that is known, and no other.</summary>
    public void Update(string key, Func<Receiver, Receiver> change)
    {
        if (Find(key) is { } known)
            Set(key, change(known));
    }

    /// <summary>Forgets a receiver that left before the start, since another may take its number.</summary>
    public void Remove(string key) => Change(() =>
    {
        _receivers.Remove(key);
        _order.Remove(key);
        _lastSign = _time.GetTimestamp();
    });

    public Receiver? Find(string key)
    {
        lock (_lock)
            return _receivers.GetValueOrDefault(key);
    }

    public void BeginSending() => Change(() =>
    {
        _lastSign = _time.GetTimestamp();
        if (_facts.State != TransmissionState.Waiting)
            return;
        _facts = _facts with { State = TransmissionState.Sending, SendingSince = _time.GetUtcNow() };
        _began = _lastSign;
        _rate.Add(0);
    });

    /// <summary>Replaces what is known of a swarm and its peers.</summary>
    public void Show(SwarmStatus swarm, IEnumerable<Receiver> peers) => Change(() =>
    {
        _order.Clear();
        _receivers.Clear();
        foreach (var peer in peers.Where(peer => _receivers.TryAdd(peer.Name, peer)))
            _order.Add(peer.Name);
        _facts = _facts with { Swarm = swarm, BytesSent = Math.Min(swarm.BytesUploaded, _facts.TotalBytes) };
        _rate.Add(swarm.BytesUploaded);
    });

    /// <summary>Notes a sign of life that is no progress.</summary>
    public void Touch()
    {
        lock (_lock)
            _lastSign = _time.GetTimestamp();
    }

    /// <summary>Notes how many bytes of the image have been sent; less than before is passed over.</summary>
    public void Progress(long bytes)
    {
        lock (_lock)
        {
            bytes = Math.Min(bytes, _facts.TotalBytes);
            if (bytes <= _facts.BytesSent)
                return;
        }
        Change(() =>
        {
            _facts = _facts with { BytesSent = bytes };
            _rate.Add(bytes);
            _lastSign = _time.GetTimestamp();
        });
    }

    /// <summary>Takes what is to be disposed of at the end, before anybody learns of that: who does may use ports and image at once.</summary>
    public void Own(IDisposable owned)
    {
        lock (_lock)
        {
            if (!_isEnding)
            {
                _owned.Add(owned);
                return;
            }
        }
        owned.Dispose();
    }

    /// <summary>Ends it; only the first end counts.</summary>
    public void End(TransmissionState state, string? problem)
    {
        lock (_lock)
        {
            if (_isEnding)
                return;
            _isEnding = true;
        }
        foreach (var owned in _owned)
            owned.Dispose();
        Change(() =>
        {
            if (state == TransmissionState.Done)
                _facts = _facts with { BytesSent = _facts.TotalBytes };
            _facts = _facts with { State = state, Problem = problem, Ended = _time.GetUtcNow(), BytesPerSecond = MeanRate() };
        });
        _ended.TrySetResult(Snapshot);
    }

    private void Change(Action change)
    {
        lock (_lock)
            change();
        Changed?.Invoke();
    }

    private TransmissionSnapshot Take() => _facts with
    {
        Receivers = [.. _order.Select(key => _receivers[key])],
        BytesPerSecond = Rate(),
        Log = _log.ToList(),
    };

    private long Rate() => _facts switch
    {
        { HasEnded: true } => _facts.BytesPerSecond,
        { State: TransmissionState.Sending } => _rate.BytesPerSecond,
        _ => 0,
    };

    private long MeanRate()
    {
        var seconds = _time.GetElapsedTime(_began).TotalSeconds;
        return _facts.SendingSince is null || seconds <= 0 ? 0 : (long)((_facts.Swarm?.BytesUploaded ?? _facts.BytesSent) / seconds);
    }
}
