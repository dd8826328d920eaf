using System.Security.Cryptography;

namespace Agent.Indexing.Repair;

/// <summary>Asks one source after the other for a piece until what comes is right. One that fails again and again is asked no more.</summary>
/// <param name="sources">In the order in which they are asked.</param>
/// <param name="tell">Is told what went wrong, in a sentence.</param>
internal sealed class SourceRound(IReadOnlyList<IPieceSource> sources, Action<string> tell)
{
    private const int MostFailures = 3;

    private readonly Dictionary<IPieceSource, int> _failures = sources.ToDictionary(source => source, _ => 0);

    /// <summary>Gets a piece; null where nobody has it.</summary>
    /// <param name="offset">Where it begins.</param>
    /// <param name="destination">Filled with its bytes.</param>
    /// <param name="hash">Its SHA-1.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>The source that had it.</returns>
    public async Task<IPieceSource?> FindAsync(long offset, Memory<byte> destination, ReadOnlyMemory<byte> hash, CancellationToken cancellation)
    {
        foreach (var source in sources.Where(source => _failures[source] < MostFailures))
        {
            if (await TryAsync(source, offset, destination, hash, cancellation))
                return source;
        }
        return null;
    }

    private async Task<bool> TryAsync(IPieceSource source, long offset, Memory<byte> destination, ReadOnlyMemory<byte> hash, CancellationToken cancellation)
    {
        try
        {
            if (!await source.TryReadAsync(offset, destination, cancellation))
                return false;
            _failures[source] = 0;
            if (CryptographicOperations.HashData(HashAlgorithmName.SHA1, destination.Span).AsSpan().SequenceEqual(hash.Span))
                return true;
            tell($"{source.Name} has other bytes from {offset} on");
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            tell($"{source.Name} failed: {e.Message}{(++_failures[source] == MostFailures ? "; it is asked no more" : "")}");
            return false;
        }
    }
}
