using System.Net;
using Agent.Common;
using Agent.Configuration;

namespace Agent.Cvmfs.Geography;

/// <summary>Knows where servers and networks are, as far as the configuration says it. No name is looked up: a request must not make others.</summary>
internal sealed class PlaceBook(IReadOnlyList<PlaceOptions> places)
{
    /// <summary>Where a host or address is; of several networks that hold an address the first one counts. Null where it is not known.</summary>
    public Place? Find(string host)
    {
        foreach (var place in places)
        {
            if (place.At.Any(known => Means(known, host)))
                return new Place(place.Latitude, place.Longitude);
        }
        return null;
    }

    private static bool Means(string known, string host)
    {
        if (known.Equals(host, StringComparison.OrdinalIgnoreCase))
            return true;
        return NetworkSet.TryParse(known, out var network) && IPAddress.TryParse(host, out var address)
            && network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
    }
}
