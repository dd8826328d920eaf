using System.Security.Cryptography;
using Agent.Common;

namespace Agent.Indexing.Hashing;

/// <summary>The digesters of one file.</summary>
internal sealed class DigesterSet(FileStamp stamp) : IDisposable
{
    private readonly Md5Digester _full = new();
    private readonly WholeDigester _sha256 = new(HashAlgorithmName.SHA256);
    private readonly PieceDigester _pieces = new(stamp.Length);
    private readonly TailDigester _tail = new(stamp.Length);

    /// <summary>All of them, the slowest first.</summary>
    public IReadOnlyList<IDigester> All => [_full, _sha256, _pieces, _tail];

    public FileDigests Finish() => new(stamp, _tail.Finish(), _full.Finish(), _sha256.Finish(), _pieces.Finish());

    public void Dispose()
    {
        foreach (var digester in All)
            digester.Dispose();
    }
}
