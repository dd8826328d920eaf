using Agent.Common;

namespace Agent.BitTorrent;

/// <summary>
/// What one address may do. The numbers must suit a classroom behind one translated address, whose nodes all start in the same minute.
/// </summary>
public sealed record AddressLimitSettings
{
    /// <summary>Connections open at the same time.</summary>
    public required int MaxOpen { get; init; }

    /// <summary>New connections a second, over a longer time.</summary>
    public required double PerSecond { get; init; }

    /// <summary>New connections at once.</summary>
    public required int Burst { get; init; }

    /// <summary>Networks without these limits; by default the machine itself.</summary>
    public NetworkSet Exempt { get; init; } = NetworkSet.Loopback;
}
