using System.Security.Cryptography;
using Agent.BitTorrent.Metainfo;

namespace Agent.Indexing.Hashing;

/// <summary>
/// Compares a file with the SHA-1 of each of its pieces (BEP 3). Pieces do not depend on each other, so that all cores work at once, each on
/// a piece of its own; where the disk spins, one after the other.
/// </summary>
/// <param name="threads">Where everything is computed.</param>
/// <param name="limits">How many pieces of one file are read at once.</param>
/// <param name="pace">How fast.</param>
public sealed class PieceVerifier(HashingThreads threads, StreamLimits limits, ReadPace pace)
{
    /// <summary>What is hashed is still in the core's own cache, where the read has just put it.</summary>
    private const int BlockSize = 256 << 10;

    private readonly StorageProbe _probe = new();

    /// <summary>The pieces of a file that are not what they should be, or that the device can no longer read, in their order.</summary>
    /// <param name="file">The file, of the length that <paramref name="layout"/> says.</param>
    /// <param name="layout">How it is cut into pieces.</param>
    /// <param name="hashes">SHA-1 of each piece, 20 bytes each.</param>
    /// <param name="priority">Who is waited for.</param>
    /// <param name="bytesRead">Is told the bytes done so far, after each piece; called on a hashing thread, by one at a time.</param>
    /// <param name="cancellation">Ends the work within the time of a few blocks.</param>
    /// <exception cref="FileChangedException">The file was written to, cut, removed or replaced meanwhile.</exception>
    /// <exception cref="IOException">It cannot be read, for another reason than bad sectors.</exception>
    internal async Task<IReadOnlyList<int>> FindBadAsync(
        SteadyFile file, PieceLayout layout, ReadOnlyMemory<byte> hashes, ReadPriority priority, IProgress<long>? bytesRead, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var search = new Search(file, layout, hashes, priority, pace, bytesRead);
        var workers = Math.Clamp(Math.Min(limits.For(_probe.KindOf(file.Device)), threads.MaximumConcurrencyLevel), 1, layout.PieceCount);
        var working = Enumerable.Range(0, workers).Select(_ => threads.Run(() => WorkAsync(search, workers, ended))).ToArray();
        try
        {
            await Task.WhenAll(working);
        }
        catch (OperationCanceledException)
        {
            // The others were told to end when one of them failed: its failure is the one to tell.
            if (working.FirstOrDefault(work => work.IsFaulted) is { } failed)
                await failed;
            throw;
        }
        file.ThrowIfChanged();
        return search.Bad();
    }

    private static async Task WorkAsync(Search search, int workers, CancellationTokenSource ended)
    {
        using var sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        using var pool = new BlockPool(BlockSize);
        using var block = pool.Rent();
        try
        {
            while (search.Next(workers) is { } piece)
                await search.VerifyAsync(piece, sha1, block.Memory, ended.Token);
        }
        catch
        {
            await ended.CancelAsync();
            throw;
        }
    }

    /// <summary>One pass over the pieces of a file, by several workers.</summary>
    private sealed class Search(
        SteadyFile file, PieceLayout layout, ReadOnlyMemory<byte> hashes, ReadPriority priority, ReadPace pace, IProgress<long>? bytesRead)
    {
        private readonly Lock _gate = new();
        private readonly SortedSet<int> _bad = [];
        private int _begun;
        private long _done;

        public IReadOnlyList<int> Bad() => [.. _bad];

        /// <summary>
        /// The next piece; null at the end. Workers that take turns do not look sequential to the kernel, so that it is told what is read next.
        /// </summary>
        public int? Next(int workers)
        {
            var piece = Interlocked.Increment(ref _begun) - 1;
            if (piece + workers < layout.PieceCount)
                file.WillNeed(layout.OffsetOf(piece + workers), layout.LengthOf(piece + workers));
            return piece < layout.PieceCount ? piece : null;
        }

        public async Task VerifyAsync(int piece, IncrementalHash sha1, Memory<byte> block, CancellationToken cancellation)
        {
            var length = layout.LengthOf(piece);
            await pace.WaitAsync(priority, length, cancellation);
            var isGood = IsGood(piece, sha1, block.Span, cancellation);
            lock (_gate)
            {
                if (!isGood)
                    _bad.Add(piece);
                bytesRead?.Report(_done += length);
            }
        }

        private bool IsGood(int piece, IncrementalHash sha1, Span<byte> block, CancellationToken cancellation)
        {
            Span<byte> hash = stackalloc byte[PieceLayout.HashLength];
            var isRead = TryAppend(layout.OffsetOf(piece), layout.LengthOf(piece), sha1, block, cancellation);
            sha1.GetHashAndReset(hash);
            return isRead && hash.SequenceEqual(hashes.Span.Slice(piece * PieceLayout.HashLength, PieceLayout.HashLength));
        }

        private bool TryAppend(long offset, int length, IncrementalHash sha1, Span<byte> block, CancellationToken cancellation)
        {
            try
            {
                for (var end = offset + length; offset < end; offset += block.Length)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var part = block[..(int)Math.Min(block.Length, end - offset)];
                    file.Read(part, offset);
                    sha1.AppendData(part);
                }
                return true;
            }
            catch (IOException e) when (BadSector.Is(e))
            {
                return false;
            }
        }
    }
}
