using System.Security.Cryptography;

namespace Agent.Indexing.Hashing;

/// <summary>Takes the bytes of a file in order and keeps one digest of them.</summary>
internal interface IDigester : IDisposable
{
    public void Append(ReadOnlySpan<byte> data);

    public byte[] Finish();
}

/// <summary>One hash over the whole file, by OpenSSL.</summary>
internal sealed class WholeDigester(HashAlgorithmName algorithm) : IDigester
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(algorithm);

    public void Append(ReadOnlySpan<byte> data) => _hash.AppendData(data);

    public byte[] Finish() => _hash.GetHashAndReset();

    public void Dispose() => _hash.Dispose();
}

/// <summary>The MD5 of the last <see cref="FileDigests.TailLength"/> of <paramref name="length"/> bytes.</summary>
internal sealed class TailDigester(long length) : IDigester
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private long _before = Math.Max(0, length - FileDigests.TailLength);

    public void Append(ReadOnlySpan<byte> data)
    {
        var skipped = (int)Math.Min(_before, data.Length);
        _before -= skipped;
        if (skipped < data.Length)
            _hash.AppendData(data[skipped..]);
    }

    public byte[] Finish() => _hash.GetHashAndReset();

    public void Dispose() => _hash.Dispose();
}

/// <summary>The SHA-1 of each piece of a file of <paramref name="length"/> bytes.</summary>
internal sealed class PieceDigester(long length) : IDigester
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
    private readonly byte[] _hashes = new byte[FileDigests.PieceCount(length) * FileDigests.PieceHashLength];
    private int _written;
    private int _inPiece;

    public void Append(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var part = data[..Math.Min(data.Length, FileDigests.PieceLength - _inPiece)];
            _hash.AppendData(part);
            data = data[part.Length..];
            _inPiece += part.Length;
            if (_inPiece == FileDigests.PieceLength)
                EndPiece();
        }
    }

    public byte[] Finish()
    {
        if (_inPiece > 0)
            EndPiece();
        return _hashes;
    }

    private void EndPiece()
    {
        _written += _hash.GetHashAndReset(_hashes.AsSpan(_written));
        _inPiece = 0;
    }

    public void Dispose() => _hash.Dispose();
}
