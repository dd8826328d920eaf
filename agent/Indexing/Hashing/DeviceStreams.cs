using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Agent.Indexing.Hashing;

/// <summary>Counts how many files of each device are being read, and lets no more be begun than suits it.</summary>
/// <param name="limits">How many suit which kind of storage.</param>
/// <param name="most">How many may be begun whatever the storage.</param>
/// <param name="probe">Tells the kind of storage.</param>
internal sealed class DeviceStreams(StreamLimits limits, int most, StorageProbe probe)
{
    private readonly ConcurrentDictionary<ulong, Device> _devices = new();

    /// <summary>Where files lie of which nothing is known yet: without a limit.</summary>
    public static Device Nowhere { get; } = new(int.MaxValue);

    public Device Of(ulong device) => _devices.GetOrAdd(device, number => new Device(Math.Min(most, limits.For(probe.KindOf(number)))));

    internal sealed class Device(int limit)
    {
        /// <summary>Holds one item for each file in work; full is full.</summary>
        private readonly Channel<bool> _taken = Channel.CreateBounded<bool>(limit);

        public int Limit => limit;

        /// <summary>Waits until one more file may be read.</summary>
        public async Task<Stream> EnterAsync(CancellationToken cancellation)
        {
            await _taken.Writer.WriteAsync(true, cancellation);
            return new Stream(this);
        }

        public void Leave() => _taken.Reader.TryRead(out _);
    }

    /// <summary>The right to read one file of a device, until it is disposed of.</summary>
    internal sealed class Stream(Device device) : IDisposable
    {
        private Device? _device = device;

        /// <summary>Gives this right up for one on another device, if it is another.</summary>
        public async Task<Stream> MoveToAsync(Device other, CancellationToken cancellation)
        {
            if (_device == other)
                return this;
            Dispose();
            return await other.EnterAsync(cancellation);
        }

        public void Dispose() => Interlocked.Exchange(ref _device, null)?.Leave();
    }
}
