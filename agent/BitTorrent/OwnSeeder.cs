using System.Net;

namespace Agent.BitTorrent;

/// <summary>Where this agent's own seeder can be reached; the tracker puts it into every list.</summary>
/// <param name="EndPoint">Address and port as a peer sees them.</param>
/// <param name="Id">The id it uses in handshakes.</param>
public sealed record OwnSeeder(IPEndPoint EndPoint, PeerId Id);
