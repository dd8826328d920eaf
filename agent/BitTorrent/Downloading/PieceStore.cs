using System.Runtime.InteropServices;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Wire;
using Agent.Common;
using Microsoft.Win32.SafeHandles;

namespace Agent.BitTorrent.Downloading;

/// <summary>The file of a download. Nothing is written to it that has not been verified. Thread-safe.</summary>
internal sealed class PieceStore : IDisposable
{
    private readonly DownloadTarget _target;
    private readonly Lock _lock = new();
    private readonly Lock _saving = new();
    private readonly PieceSet _verified;
    private readonly HashSet<int>? _wanted;
    private readonly Beginning _beginning;
    private volatile SafeFileHandle _file;
    private int _firstMissing;
    private long _verifiedBytes;
    private bool _isSaved = true;

    private PieceStore(DownloadTarget target, Beginning beginning, SafeFileHandle file)
    {
        _target = target;
        _beginning = beginning;
        _file = file;
        _verified = new PieceSet(Layout.PieceCount);
        _wanted = target.Wanted?.ToHashSet();
    }

    /// <summary>How the file is cut.</summary>
    public PieceLayout Layout => _target.Metainfo.Layout;

    /// <summary>Bytes that are there and right.</summary>
    public long VerifiedBytes => Interlocked.Read(ref _verifiedBytes);

    /// <summary>Bytes that came from other files on this machine.</summary>
    public long DonatedBytes { get; private set; }

    /// <summary>True when nothing is missing that is wanted.</summary>
    public bool IsComplete => !Enumerable.Range(0, Layout.PieceCount).Any(Needs);

    private string Path => PathOf(_target);

    /// <summary>Opens or makes the file and finds out which of its pieces are right.</summary>
    /// <exception cref="IOException">It cannot be opened, made or read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public static async Task<PieceStore> OpenAsync(DownloadTarget target, Beginning beginning, IProgress<long>? bytesChecked, CancellationToken cancellation)
    {
        var store = new PieceStore(target, beginning, Open(target));
        try
        {
            await store.FindVerifiedAsync(bytesChecked, cancellation);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>True when a piece is there and right.</summary>
    public bool Has(int piece)
    {
        lock (_lock)
            return _verified.Contains(piece);
    }

    /// <summary>True when a piece is still to be fetched.</summary>
    public bool Needs(int piece) => !Has(piece) && (_wanted is null || _wanted.Contains(piece));

    /// <summary>The verified pieces as a bitfield.</summary>
    public byte[] Bitfield()
    {
        var bits = new byte[Layout.BitfieldLength];
        lock (_lock)
            _verified.CopyTo(bits);
        return bits;
    }

    /// <summary>Writes a piece that has been verified.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public void Write(int piece, ReadOnlySpan<byte> bytes)
    {
        SparseFile.Write(_file, bytes, Layout.OffsetOf(piece));
        Add(piece);
    }

    /// <summary>Reads a block of a piece that is there.</summary>
    /// <exception cref="IOException">The disk is broken, or somebody cut the file.</exception>
    public void Read(in BlockRequest block, Span<byte> into)
    {
        var file = _file;
        try
        {
            Read(file, Layout.OffsetOf(block.Piece) + block.Begin, into[..block.Length]);
        }
        catch (ObjectDisposedException) when (file != _file)
        {
            // The file got its name just now.
            Read(_file, Layout.OffsetOf(block.Piece) + block.Begin, into[..block.Length]);
        }
    }

    /// <summary>Makes what was verified since the last time survive a crash, of the machine too.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public void Save()
    {
        lock (_saving)
            SaveAlone();
    }

    /// <summary>Gives a whole file its name; of one that was made right, cuts what it had too much. Afterwards it can be read, as others can read it.</summary>
    /// <exception cref="IOException">The disk is full or broken, or the name is taken meanwhile.</exception>
    public void Finish()
    {
        lock (_saving)
            FinishAlone();
    }

    public void Dispose() => _file.Dispose();

    private void SaveAlone()
    {
        byte[] bits;
        lock (_lock)
        {
            if (_isSaved || _target.Mode != DownloadMode.NewFile)
                return;
            _isSaved = true;
            bits = Bitfield();
        }
        // In this order: the state must claim nothing that is not on the disk.
        var stamp = FileStamp.Of(_file);
        RandomAccess.FlushToDisk(_file);
        PartialState.Write(_target.StatePath, _target.Metainfo.InfoHash, stamp, bits);
    }

    private void FinishAlone()
    {
        lock (_lock)
            _isSaved = true;
        RandomAccess.SetLength(_file, Layout.Length);
        RandomAccess.FlushToDisk(_file);
        if (_target.Mode != DownloadMode.NewFile)
            return;
        File.Move(_target.PartialPath, _target.FilePath, overwrite: false);
        File.Delete(_target.StatePath);
        AtomicFile.FlushDirectory(System.IO.Path.GetDirectoryName(_target.FilePath)!);
        Unlock();
    }

    /// <summary>The lock that keeps other downloads away would keep readers away too; .NET opens no file without one.</summary>
    private void Unlock()
    {
        var written = _file;
        _file = LibC.OpenUnlocked(_target.FilePath)
            ?? throw new IOException($"{_target.FilePath} cannot be read: {Marshal.GetLastPInvokeErrorMessage()}");
        written.Dispose();
    }

    private void Read(SafeFileHandle file, long offset, Span<byte> into)
    {
        for (var read = 0; read < into.Length;)
        {
            var n = RandomAccess.Read(file, into[read..], offset + read);
            read += n > 0 ? n : throw new IOException($"{Path} is shorter than {Layout.Length} bytes");
        }
    }

    private static string PathOf(DownloadTarget target) => target.Mode == DownloadMode.NewFile ? target.PartialPath : target.FilePath;

    private static SafeFileHandle Open(DownloadTarget target)
    {
        var path = PathOf(target);
        if (FileStatus.OfLink(path) is { IsRegular: false })
            throw new IOException($"{path} is no plain file");
        // The lock keeps a second download away from a partial file; a published one is read by others meanwhile.
        return target.Mode switch
        {
            DownloadMode.NewFile => File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None),
            DownloadMode.Repair => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite),
            _ => File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read),
        };
    }

    private async Task FindVerifiedAsync(IProgress<long>? bytesChecked, CancellationToken cancellation)
    {
        var check = new ExistingPieces(_target.Metainfo, _file, Add);
        if (_target.Mode == DownloadMode.Pieces)
        {
            RandomAccess.SetLength(_file, Layout.Length);
            return;
        }
        if (_target is { Mode: DownloadMode.Repair, Wanted: { } bad })
        {
            AddAllBut(bad);
            return;
        }
        if (_target.Mode == DownloadMode.Repair)
        {
            await check.AllAsync(bytesChecked, cancellation);
            return;
        }
        var claimed = PartialState.Read(_target.StatePath, _target.Metainfo.InfoHash, FileStamp.Of(_file), Layout.BitfieldLength);
        if (claimed is not null && _verified.TrySet(claimed))
            CountVerified();
        RandomAccess.SetLength(_file, Layout.Length);
        await check.UnclaimedAsync(Has, bytesChecked, cancellation);
        if (!_target.ReservesSpace || !TryReserveMissing())
            RefuseFullDisk();
        await Task.Run(() => TakeDonations(cancellation), cancellation);
    }

    private void TakeDonations(CancellationToken cancellation)
    {
        var pieces = new DonatedPieces(_target.Metainfo, this);
        foreach (var donor in _target.Donors)
            DonatedBytes += pieces.Take(donor, cancellation);
        if (DonatedBytes > 0)
            Save();
    }

    /// <summary>Zeros need no blocks: only the runs of other pieces get them. False where the file system cannot do that.</summary>
    private bool TryReserveMissing()
    {
        var isReserved = true;
        for (var first = 0; first < Layout.PieceCount; first++)
        {
            var end = first;
            while (end < Layout.PieceCount && !Has(end))
                end++;
            if (end > first)
                isReserved &= DiskSpace.Reserve(_file, Layout.OffsetOf(first), Layout.OffsetOf(end - 1) + Layout.LengthOf(end - 1) - Layout.OffsetOf(first));
            first = end;
        }
        return isReserved;
    }

    private void AddAllBut(IReadOnlyCollection<int> bad)
    {
        for (var piece = 0; piece < Layout.PieceCount; piece++)
        {
            if (!bad.Contains(piece))
                Add(piece);
        }
    }

    private void Add(int piece)
    {
        lock (_lock)
        {
            if (_verified.Contains(piece))
                return;
            _verified.TryAdd((uint)piece);
            _isSaved = false;
            TellBeginning();
        }
        Interlocked.Add(ref _verifiedBytes, Layout.LengthOf(piece));
    }

    private void TellBeginning()
    {
        while (_firstMissing < Layout.PieceCount && _verified.Contains(_firstMissing))
            _firstMissing++;
        _beginning.GrowTo(_firstMissing == Layout.PieceCount ? Layout.Length : Layout.OffsetOf(_firstMissing));
    }

    private void CountVerified()
    {
        for (var piece = 0; piece < Layout.PieceCount; piece++)
            _verifiedBytes += _verified.Contains(piece) ? Layout.LengthOf(piece) : 0;
        TellBeginning();
    }

    /// <summary>Better now than after hours.</summary>
    private void RefuseFullDisk()
    {
        var missing = Layout.Length - VerifiedBytes;
        var free = DiskSpace.Free(System.IO.Path.GetDirectoryName(_target.PartialPath)!);
        if (free < missing)
            throw new IOException($"{_target.FilePath} needs {Sizes.Rounded(missing)} more, and its file system has {Sizes.Rounded(free)}");
    }
}
