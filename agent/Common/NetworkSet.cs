using System.Net;

namespace Agent.Common;

/// <summary>Networks in CIDR notation, and whether an address lies in one of them. Empty: nobody.</summary>
public sealed class NetworkSet(IEnumerable<IPNetwork> networks) : IEquatable<NetworkSet>
{
    /// <summary>What is expected of one network, for messages about a wrong one.</summary>
    public const string Expected = "a network; write for example 10.0.0.0/8, 192.168.1.5 or 2001:db8::/32, with zeros behind the prefix";

    private readonly IPNetwork[] _networks = [.. networks];

    /// <summary>Every IPv4 and IPv6 address.</summary>
    public static NetworkSet Everyone { get; } = new([IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")]);

    /// <summary>The machine itself.</summary>
    public static NetworkSet Loopback { get; } = new([IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")]);

    /// <summary>No address at all.</summary>
    public static NetworkSet Nobody { get; } = new([]);

    /// <summary>Reads one network, or a single address as the network of its full length.</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/');
        if (!Endpoints.TryParseAddress(slash < 0 ? text : text[..slash], out var address))
            return false;
        // .NET 10 masks an address that has bits behind the prefix, .NET 9 refuses it; here it is refused, for it is a slip of the pen.
        if (slash >= 0)
            return IPNetwork.TryParse(text, out network) && network.BaseAddress.Equals(address);
        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }

    /// <summary>True where a network holds the address. An IPv4 address that a dual-stack socket shows as IPv6 counts as IPv4.</summary>
    public bool Contains(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in _networks)
        {
            if (network.Contains(plain))
                return true;
        }
        return false;
    }

    /// <inheritdoc/>
    public bool Equals(NetworkSet? other) => other is not null && _networks.AsSpan().SequenceEqual(other._networks);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NetworkSet);

    /// <inheritdoc/>
    public override int GetHashCode() => _networks.Aggregate(0, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _networks);
}
