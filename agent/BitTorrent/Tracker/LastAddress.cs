using System.Net;

namespace Agent.BitTorrent.Tracker;

/// <summary>Turns addresses into objects, the same one as long as the address stays the same: most questions come to one address.</summary>
internal sealed class LastAddress
{
    private PeerAddress _last;
    private IPAddress _object = IPAddress.IPv6Any;

    public IPAddress Of(PeerAddress address)
    {
        if (address != _last)
            (_last, _object) = (address, address.ToIPAddress());
        return _object;
    }
}
