using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Agent.Indexing.Hashing;

/// <summary>
/// The threads that read and hash: as many as there are cores, started when there is work and ended after a while without. Apart from
/// the thread pool, so that hashing for minutes never delays a request, and of low CPU and I/O priority, so that it gives way to
/// seeding and transmissions.
/// </summary>
public sealed partial class HashingThreads : TaskScheduler
{
    private static readonly TimeSpan IdleLifetime = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a thread that finds no task looks for one before it sleeps: to be woken takes about as long as what it waits for, the hashing
    /// of a block by another.
    /// </summary>
    private static readonly TimeSpan SpinTime = TimeSpan.FromMicroseconds(50);

    [ThreadStatic]
    private static HashingThreads? _current;

    private readonly Queue<Task> _queue = [];
    private readonly int _niceness;
    private readonly bool _idleDisk;
    private volatile int _queued; // length of the queue, for those who look at it without the lock
    private int _alive;
    private int _spinning;
    private int _idle;

    /// <summary>Creates threads of its own.</summary>
    /// <param name="count">How many at most.</param>
    /// <param name="niceness">Their nice value: 0 for the priority of all other threads, up to 19 for only what those leave.</param>
    /// <param name="idleDisk">True: they read from disks only while nobody else does, as far as the I/O scheduler knows priorities.</param>
    public HashingThreads(int count, int niceness = 10, bool idleDisk = false)
    {
        _idleDisk = idleDisk;
        MaximumConcurrencyLevel = Math.Max(1, count);
        _niceness = Math.Clamp(niceness, 0, 19);
    }

    /// <summary>The threads of this process, one a core.</summary>
    public static HashingThreads Shared { get; } = new(Environment.ProcessorCount);

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel { get; }

    /// <summary>Starts work on these threads; what it awaits continues on them.</summary>
    internal Task<T> Run<T>(Func<Task<T>> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <inheritdoc cref="Run{T}(Func{Task{T}})"/>
    internal Task Run(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        lock (_queue)
        {
            _queue.Enqueue(task);
            _queued = _queue.Count;
            // Threads that were woken but have not run yet still count as idle: compare with the whole queue.
            var unseen = _queue.Count - _spinning;
            if (unseen <= 0)
                return;
            if (unseen <= _idle)
                Monitor.Pulse(_queue);
            else if (_alive < MaximumConcurrencyLevel)
                StartThread();
        }
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        _current == this && !taskWasPreviouslyQueued && TryExecuteTask(task);

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_queue)
            return [.. _queue];
    }

    private void StartThread()
    {
        new Thread(Work) { IsBackground = true, Name = "hashing" }.Start();
        _alive++;
    }

    private void Work()
    {
        _current = this;
        GiveWay(_niceness, _idleDisk ? 1 : 0);
        while (Next() is { } task)
            TryExecuteTask(task);
    }

    /// <summary>The next task, or null where this thread shall end.</summary>
    private Task? Next()
    {
        lock (_queue)
        {
            if (_queue.Count == 0)
                SpinUntilQueued();
            while (_queue.Count == 0)
            {
                _idle++;
                var woken = Monitor.Wait(_queue, IdleLifetime);
                _idle--;
                if (woken || _queue.Count != 0)
                    continue;
                _alive--;
                return null;
            }
            _queued = _queue.Count - 1;
            return _queue.Dequeue();
        }
    }

    /// <summary>Gives up the lock meanwhile, as <see cref="Monitor.Wait(object)"/> does.</summary>
    private void SpinUntilQueued()
    {
        _spinning++;
        Monitor.Exit(_queue);
        var begun = Stopwatch.GetTimestamp();
        while (_queued == 0 && Stopwatch.GetElapsedTime(begun) < SpinTime)
            Thread.SpinWait(10);
        Monitor.Enter(_queue);
        _spinning--;
    }

    [LibraryImport("ogrepo_lanes", EntryPoint = "ogl_give_way")]
    private static partial void GiveWay(int niceness, int idle);
}
