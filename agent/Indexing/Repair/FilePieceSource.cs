using Agent.BitTorrent.Metainfo;
using Agent.Common;
using Agent.Indexing.Hashing;

namespace Agent.Indexing.Repair;

/// <summary>Another file on this server: a trashed copy, a backup, an image of the same content under another name.</summary>
/// <param name="path">The file.</param>
/// <param name="torrent">Where its torrent would be.</param>
/// <param name="name">What it is, for people.</param>
public sealed class FilePieceSource(string path, string torrent, string name) : IPieceSource
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async Task<bool> TryReadAsync(long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        if (FileStatus.OfLink(path) is not { IsRegular: true } status || status.Stamp.Length < offset + destination.Length)
            return false;
        using var file = await SteadyFile.OpenAsync(path, TimeProvider.System, cancellation);
        file.Read(destination.Span, offset);
        return true;
    }

    /// <inheritdoc/>
    public async Task<byte[]?> TryReadTorrentAsync(CancellationToken cancellation) =>
        FileStatus.OfLink(torrent) is { IsRegular: true } status && status.Stamp.Length <= TorrentMetainfo.MaxFileLength
            ? await File.ReadAllBytesAsync(torrent, cancellation)
            : null;
}
