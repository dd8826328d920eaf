using System.Net;
using Agent.Common;

namespace Agent.BitTorrent.Seeding;

/// <summary>How the seeder works. The defaults come from measurements with the real clients.</summary>
public sealed record SeederSettings
{
    /// <summary>Where peers are accepted; port 0 for any free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 6881);

    /// <summary>The id in handshakes: one for the whole process, since aria2 drops a second link with the same id.</summary>
    public PeerId PeerId { get; init; } = PeerId.Create();

    /// <summary>Networks whose peers are served.</summary>
    public NetworkSet AllowedNetworks { get; init; } = NetworkSet.Everyone;

    /// <summary>Links in all; more are closed at once.</summary>
    public int MaxLinks { get; init; } = 2000;

    /// <summary>Links of one torrent.</summary>
    public int MaxLinksPerTorrent { get; init; } = 500;

    /// <summary>What one address may do; ctorrent comes back every 2 s when it is dropped.</summary>
    public AddressLimitSettings PerAddress { get; init; } = new() { MaxOpen = 250, PerSecond = 5, Burst = 250 };

    /// <summary>Upload limits.</summary>
    public UploadLimits Limits { get; init; } = new();

    /// <summary>Requests a peer may have open, as told to it (<c>reqq</c>). More makes libtorrent leechers fetch the same pieces from the seeder.</summary>
    public int RequestQueue { get; init; } = 250;

    /// <summary>The same for Transmission, which asks once a second and whose speed is this many blocks a second.</summary>
    public int TransmissionRequestQueue { get; init; } = 8192;

    /// <summary>Requests a peer may really have open, whatever it was told: ctorrent and aria2 do not look at it.</summary>
    public int MaxQueuedBlocks { get; init; } = 20_000;

    /// <summary>Time for the whole handshake.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Silence of a peer that has nothing to wait for, after which its link is closed.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Time within which a peer must take what is sent.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Own silence after which a keep-alive is sent; libtorrent drops a seeder silent for 120 s.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time without links after which a torrent's file is closed.</summary>
    public TimeSpan CloseFileAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>True when leechers that announce are dialled.</summary>
    public bool DialLeechers { get; init; } = true;

    /// <summary>Connection attempts under way at the same time.</summary>
    public int MaxHalfOpen { get; init; } = 50;

    /// <summary>Time for one connection attempt.</summary>
    public TimeSpan DialTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Reads from the disk at the same time, of data that is not in the page cache: few for a hard disk, 16 for flash.</summary>
    public int MaxColdReads { get; init; } = 8;
}

/// <summary>Upload limits in bytes a second; 0 for none.</summary>
public sealed record UploadLimits
{
    /// <summary>Of everything.</summary>
    public long Total { get; init; }

    /// <summary>Of one torrent.</summary>
    public long PerTorrent { get; init; }

    /// <summary>Of one peer.</summary>
    public long PerPeer { get; init; }
}
