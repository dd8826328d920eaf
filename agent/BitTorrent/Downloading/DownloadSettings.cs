using System.Net;

namespace Agent.BitTorrent.Downloading;

/// <summary>How a download works. The defaults suit a server in the network of its sources.</summary>
public sealed record DownloadSettings
{
    /// <summary>Where peers may connect while it downloads; port 0 for any free one. Old trackers list only whom they can reach.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 0);

    /// <summary>The id in handshakes and announces.</summary>
    public PeerId PeerId { get; init; } = PeerId.Create();

    /// <summary>Makes the client for web seeds and trackers.</summary>
    public Func<HttpClient> Http { get; init; } = DownloadHttp.Create;

    /// <summary>Most that is fetched, in bytes a second; 0 for no limit.</summary>
    public long RateLimit { get; init; }

    /// <summary>Most that is sent to other peers, in bytes a second; 0 for no limit.</summary>
    public long UploadLimit { get; init; }

    /// <summary>Links to peers.</summary>
    public int MaxLinks { get; init; } = 50;

    /// <summary>Connection attempts under way at the same time.</summary>
    public int MaxHalfOpen { get; init; } = 10;

    /// <summary>Connections to one web seed.</summary>
    public int WebSeedConnections { get; init; } = 2;

    /// <summary>How it goes together with others that fetch the same file and do so too; null where each fetches for itself.</summary>
    public CompanionSettings? Companions { get; init; }

    /// <summary>Bytes of pieces that have come in part; at least two pieces are let in.</summary>
    public int MaxBuffered { get; init; } = 64 * 1024 * 1024;

    /// <summary>Time for one connection attempt, and then for the whole handshake.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time without a block after which what a peer owes is asked of others; after twice that time its link is closed.</summary>
    public TimeSpan BlockTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Silence after which a link is closed.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Own silence after which a keep-alive is sent.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time for one answer of a tracker.</summary>
    public TimeSpan TrackerTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time for the headers of a web seed's answer, and for each read of its content.</summary>
    public TimeSpan WebSeedTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time without a new piece after which the download fails.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often what has been verified is written down, so that a crash loses little.</summary>
    public TimeSpan SaveInterval { get; init; } = TimeSpan.FromSeconds(5);
}
