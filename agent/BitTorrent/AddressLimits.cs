using System.Net;
using System.Runtime.InteropServices;

namespace Agent.BitTorrent;

/// <summary>Counts connections by address (IPv6: by /64) and refuses what is too much. Its own memory is bounded too.</summary>
internal sealed class AddressLimits(AddressLimitSettings settings, TimeProvider time)
{
    /// <summary>Addresses remembered; more are refused until some have been quiet for a while.</summary>
    private const int MaxAddresses = 65_536;

    private readonly Lock _lock = new();
    private readonly Dictionary<PeerAddress, Usage> _usage = [];

    /// <summary>True when one more connection of the address may be served; to be paired with <see cref="Leave"/>.</summary>
    public bool TryEnter(IPAddress address)
    {
        if (settings.Exempt.Contains(address))
            return true;
        var now = time.GetTimestamp();
        var holder = PeerAddress.Of(address).Holder;
        lock (_lock)
        {
            if (_usage.Count >= MaxAddresses && !_usage.ContainsKey(holder) && !MakeRoom(now))
                return false;
            ref var usage = ref CollectionsMarshal.GetValueRefOrAddDefault(_usage, holder, out var known);
            usage.Tokens = known ? Refilled(usage, now) : settings.Burst;
            usage.Updated = now;
            if (usage.Open >= settings.MaxOpen || usage.Tokens < 1)
                return false;
            usage.Open++;
            usage.Tokens--;
            return true;
        }
    }

    /// <summary>Says that a connection let in by <see cref="TryEnter"/> is closed.</summary>
    public void Leave(IPAddress address)
    {
        if (settings.Exempt.Contains(address))
            return;
        lock (_lock)
        {
            ref var usage = ref CollectionsMarshal.GetValueRefOrNullRef(_usage, PeerAddress.Of(address).Holder);
            if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref usage))
                usage.Open--;
        }
    }

    private double Refilled(in Usage usage, long now) =>
        Math.Min(settings.Burst, usage.Tokens + time.GetElapsedTime(usage.Updated, now).TotalSeconds * settings.PerSecond);

    private bool MakeRoom(long now)
    {
        foreach (var (address, usage) in _usage)
        {
            if (usage.Open == 0 && Refilled(usage, now) >= settings.Burst)
                _usage.Remove(address);
        }
        return _usage.Count < MaxAddresses;
    }

    private struct Usage
    {
        public int Open;
        public double Tokens;
        public long Updated;
    }
}
