using System.Net;
using System.Net.Sockets;
using Agent.Configuration;
using Agent.Diagnosis.Kernel;

namespace Agent.Diagnosis.Checks;

/// <summary>Whether there is an interface to send from, by which multicast packets leave.</summary>
internal sealed class MulticastNetwork : ICheck
{
    /// <summary>One of those that OpenGnsys' engine has clients listen to.</summary>
    private static readonly IPAddress Group = new([239, 194, 16, 140]);

    public string Name => "network";

    public async Task RunAsync(Surroundings surroundings, Findings findings, CancellationToken cancellation)
    {
        var cards = surroundings.Cards();
        if (await FindCardAsync(surroundings.Options!, cards, findings, cancellation) is not { } card)
            return;
        if (CheckCard(card, findings))
            CheckRoute(card, RouteTable.Read(surroundings.Root), findings);
    }

    private static async Task<NetworkCard?> FindCardAsync(AgentOptions options, IReadOnlyList<NetworkCard> cards, Findings findings, CancellationToken cancellation)
    {
        if (options.Transmissions.Interface is { } name)
        {
            var named = cards.FirstOrDefault(card => card.Name == name);
            if (named is null)
                findings.Fail($"transmissions.interface = \"{name}\" is no interface of this server", $"Set transmissions.interface to one of {string.Join(", ", cards.Where(card => !card.IsLoopback).Select(card => card.Name))}");
            return named;
        }
        var host = new AdvertisedAddress(options.Server).Host.Trim('[', ']');
        var addresses = IPAddress.TryParse(host, out var address) ? [address] : await ResolveAsync(host, cancellation);
        var holder = cards.FirstOrDefault(card => card.Addresses.Any(addresses.Contains));
        if (holder is null)
            findings.Fail($"no interface has the address that clients are told, {host}{(addresses.Length == 0 ? " (which has none)" : "")}", "Set server.advertise to an address of this server (ip address), or name transmissions.interface");
        return holder;
    }

    private static bool CheckCard(NetworkCard card, Findings findings)
    {
        var own = card.Addresses.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork);
        if (!card.IsUp)
            findings.Fail($"interface {card.Name} is down", $"ip link set {card.Name} up; if that is of no use, look at its cable");
        else if (own is null)
            findings.Fail($"interface {card.Name} has no IPv4 address, which udp-sender and uftp need", $"ip address add ADDRESS/BITS dev {card.Name}");
        else if (card.IsLoopback)
            findings.Warn($"transmissions leave by {card.Name} ({own}), so they reach this server alone", "Set server.advertise to the address that clients know this server by, or transmissions.interface to the interface towards them");
        else if (!card.SupportsMulticast)
            findings.Fail($"interface {card.Name} takes no multicast", $"ip link set {card.Name} multicast on");
        else
            findings.Ok($"transmissions leave by {card.Name} ({own})");
        return card.IsUp && own is not null && !card.IsLoopback;
    }

    /// <summary>The programs name their interface, but what they say beside the image goes where the route says.</summary>
    private static void CheckRoute(NetworkCard card, IReadOnlyList<NetworkRoute> routes, Findings findings)
    {
        var remedy = $"ip route add 224.0.0.0/4 dev {card.Name}, and the same in the configuration of the network";
        var route = routes.To(Group);
        if (route is null)
            findings.Warn($"there is no route for multicast (224.0.0.0/4), nor a default route", remedy);
        else if (route.Interface != card.Name)
            findings.Warn($"the {(route.IsDefault ? "default route" : "route for multicast")} leads to {route.Interface}, not to {card.Name}", remedy);
        else
            findings.Ok($"multicast takes the {(route.IsDefault ? "default route" : "route of its own")}, by {route.Interface}");
    }

    private static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(host, AddressFamily.InterNetwork, cancellation);
        }
        catch (SocketException)
        {
            return [];
        }
    }
}
