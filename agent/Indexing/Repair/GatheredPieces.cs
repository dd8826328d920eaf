using Agent.BitTorrent.Downloading;
using Agent.BitTorrent.Metainfo;

namespace Agent.Indexing.Repair;

/// <summary>Pieces that peers gave, each at its place in a sparse file that goes with this.</summary>
internal sealed class GatheredPieces(string path, PieceLayout layout, TorrentDownload download) : IPieceSource, IDisposable
{
    /// <inheritdoc/>
    public string Name => download.Snapshot().Sources.Where(source => source.Banned is null).Select(source => source.Name).ToList() switch
    {
        [var one] => $"the peer {one}",
        var several => $"the peers {string.Join(", ", several)}",
    };

    /// <inheritdoc/>
    public async Task<bool> TryReadAsync(long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        if (!download.Has((int)(offset / layout.PieceLength)))
            return false;
        using var file = File.OpenHandle(path);
        for (var read = 0; read < destination.Length;)
        {
            var n = await RandomAccess.ReadAsync(file, destination[read..], offset + read, cancellation);
            read += n > 0 ? n : throw new EndOfStreamException($"'{path}' is shorter than what was written to it");
        }
        return true;
    }

    /// <inheritdoc/>
    public Task<byte[]?> TryReadTorrentAsync(CancellationToken cancellation) => Task.FromResult<byte[]?>(null);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (File.Exists(path))
            File.Delete(path);
    }
}
