using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Wire;
using Agent.Tests.BitTorrent.Support;
using Agent.Tests.Support;

namespace Agent.Tests.BitTorrent.Seeding;

public sealed class ColdReadsTests
{
    private const int Block = 16 * 1024;

    [Fact]
    public async Task Where_the_file_system_cannot_tell_blocks_are_read_without_a_thread_of_their_own()
    {
        using var directory = new TemporaryDirectory();
        var image = TestImage.Create(directory, "a.img", 4 * Block);
        using var file = TorrentFile.Open(image.Shared)!;
        using var reads = new ColdReads(1);
        var batch = new BlockBatch();
        using var memory = (IDisposable)batch;
        batch.Blocks[0] = new BlockRequest(0, Block, Block);
        batch.Prepare(1);
        file.RefusesNoWait = true;

        var read = reads.ReadAsync(batch, file, image.Shared.Layout, CancellationToken.None);

        Assert.True(read.IsCompleted);
        Assert.Equal(BatchRead.Done, await read);
        Assert.Equal(image.Content.AsSpan(Block, Block), batch.Messages.Span[MessageWriter.PieceHeaderLength..]);
    }
}
