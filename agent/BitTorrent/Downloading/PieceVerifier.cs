using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Threading.Channels;
using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Downloading;

/// <summary>
/// Hashes pieces whose blocks are all there, and writes those that are right. Two at a time: hashing has to keep up with the line, and
/// a slow disk must not hold more threads.
/// </summary>
internal sealed class PieceVerifier(DownloadSwarm swarm)
{
    private const int Workers = 2;

    private readonly Channel<OpenPiece> _whole = Channel.CreateUnbounded<OpenPiece>();

    /// <summary>Hands over a piece. Never waits: the board lets only so many be open.</summary>
    public void Add(OpenPiece piece) => _whole.Writer.TryWrite(piece);

    /// <summary>Verifies until <paramref name="stopping"/>.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var workers = Enumerable.Range(0, Workers).Select(_ => WorkAsync(ending.Token)).ToList();
        await Task.WhenAny(workers);
        await ending.CancelAsync();
        await Task.WhenAll(workers);
    }

    private async Task WorkAsync(CancellationToken stopping)
    {
        await Task.Yield();
        await foreach (var piece in _whole.Reader.ReadAllAsync(stopping))
        {
            using (piece)
                Verify(piece);
        }
    }

    [SuppressMessage("Security", "CA5350", Justification = "BEP 3 names SHA-1.")]
    private void Verify(OpenPiece piece)
    {
        Span<byte> hash = stackalloc byte[PieceLayout.HashLength];
        SHA1.HashData(piece.Bytes, hash);
        if (hash.SequenceEqual(swarm.Metainfo.PieceHash(piece.Index)))
        {
            swarm.Store.Write(piece.Index, piece.Bytes);
            swarm.Accept(piece);
        }
        else
            swarm.Refuse(piece);
    }
}
