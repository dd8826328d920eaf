using System.Buffers;
using System.Runtime.InteropServices;

namespace Agent.Indexing.Hashing;

/// <summary>
/// Lends blocks of one size, page-aligned and outside the garbage-collected heap: an agent that has hashed an image gives the
/// memory back to the system at once, not at its next collection.
/// </summary>
internal sealed unsafe class BlockPool(int blockSize) : MemoryPool<byte>
{
    private readonly Lock _gate = new();
    private readonly Stack<Block> _free = [];
    private int _lent;
    private bool _disposed;

    public override int MaxBufferSize => blockSize;

    /// <summary>Blocks not yet given back.</summary>
    public int Lent
    {
        get
        {
            lock (_gate)
                return _lent;
        }
    }

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, blockSize);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _lent++;
            return new Loan(_free.TryPop(out var block) ? block : new Block(blockSize), this);
        }
    }

    private void Return(Block block)
    {
        lock (_gate)
        {
            _lent--;
            if (_disposed)
                block.Free();
            else
                _free.Push(block);
        }
    }

    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            _disposed = true;
            while (_free.TryPop(out var block))
                block.Free();
        }
    }

    private sealed class Loan(Block block, BlockPool pool) : IMemoryOwner<byte>
    {
        private Block? _block = block;

        public Memory<byte> Memory => (_block ?? throw new ObjectDisposedException(nameof(BlockPool))).Memory;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _block, null) is { } block)
                pool.Return(block);
        }
    }

    private sealed class Block(int size) : MemoryManager<byte>
    {
        private byte* _address = (byte*)NativeMemory.AlignedAlloc((nuint)size, (nuint)Environment.SystemPageSize);

        public override Span<byte> GetSpan() => new(_address, size);

        public override MemoryHandle Pin(int elementIndex = 0) => new(_address + elementIndex);

        public override void Unpin()
        {
        }

        public void Free()
        {
            NativeMemory.AlignedFree(_address);
            _address = null;
        }

        protected override void Dispose(bool disposing) => Free();
    }
}
