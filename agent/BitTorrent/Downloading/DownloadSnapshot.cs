namespace Agent.BitTorrent.Downloading;

/// <summary>What a download is doing.</summary>
public enum DownloadPhase
{
    /// <summary>It has not begun.</summary>
    Waiting,

    /// <summary>It looks at what is there already.</summary>
    Checking,

    /// <summary>It fetches pieces.</summary>
    Fetching,

    /// <summary>The file is whole.</summary>
    Complete,
}

/// <summary>A download at one moment.</summary>
/// <param name="Phase">What it is doing.</param>
/// <param name="Length">Size of the file in bytes.</param>
/// <param name="Verified">Bytes of the file that are there and right.</param>
/// <param name="Checked">Bytes read so far to find out what is right.</param>
/// <param name="Fetched">Bytes of data received, whether they could be used or not.</param>
/// <param name="Discarded">Bytes received for nothing: of wrong pieces, and what came twice.</param>
/// <param name="Uploaded">Bytes of data sent to other peers.</param>
/// <param name="Donated">Bytes that this run took from other files on this machine.</param>
/// <param name="Packed">Bytes of <paramref name="Fetched"/> that were not on the wire, because data came packed.</param>
/// <param name="BytesPerSecond">Rate of the last seconds at which data comes in.</param>
/// <param name="Links">Peers linked.</param>
/// <param name="KnownPeers">Peers heard of.</param>
/// <param name="Sources">Where data came from, those that are gone included.</param>
public sealed record DownloadSnapshot(
    DownloadPhase Phase,
    long Length,
    long Verified,
    long Checked,
    long Fetched,
    long Discarded,
    long Uploaded,
    long Donated,
    long Packed,
    long BytesPerSecond,
    int Links,
    int KnownPeers,
    IReadOnlyList<SourceSnapshot> Sources);

/// <summary>One source of a download.</summary>
/// <param name="Name">Address and port of a peer, or the URL of a web seed.</param>
/// <param name="Fetched">Bytes of data that came from it.</param>
/// <param name="Banned">Why nothing is taken from it any more; null for an honest one.</param>
public sealed record SourceSnapshot(string Name, long Fetched, string? Banned);
