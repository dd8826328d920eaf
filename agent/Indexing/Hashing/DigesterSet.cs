using System.Security.Cryptography;
using Agent.Common;

namespace Agent.Indexing.Hashing;

/// <summary>The digesters of one file of <paramref name="length"/> bytes.</summary>
internal sealed class DigesterSet(long length) : IDisposable
{
    private readonly Md5Digester _full = new();
    private readonly WholeDigester _sha256 = new(HashAlgorithmName.SHA256);
    private readonly PieceDigester _pieces = new(length);
    private readonly TailDigester _tail = new(length);

    /// <summary>All of them, the slowest first.</summary>
    public IReadOnlyList<IDigester> All => [_full, _sha256, _pieces, _tail];

    /// <summary>The digests of the content that has the stamp.</summary>
    public FileDigests Finish(FileStamp stamp) => new(stamp, _tail.Finish(), _full.Finish(), _sha256.Finish(), _pieces.Finish());

    public void Dispose()
    {
        foreach (var digester in All)
            digester.Dispose();
    }
}
