using System.Security.Cryptography;
using Agent.BitTorrent;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Seeding;
using Agent.Common;
using Agent.Tests.BitTorrent.Support;
using Xunit.Abstractions;

namespace Agent.Tests.BitTorrent.Seeding;

/// <summary>The sizes that the engine is built for. Nothing is timed; what matters is that everyone is served.</summary>
public sealed class ScaleTests(ITestOutputHelper output)
{
    private const int Block = PieceLayout.BlockLength;

    [Fact]
    public async Task Twenty_thousand_torrents_are_entries_and_nothing_else()
    {
        const int torrents = 20_000;
        await using var swarm = await TestSwarm.StartAsync();
        var before = GC.GetAllocatedBytesForCurrentThread();

        // The files do not exist: whoever touched one would fail, and could not serve the image at the end.
        for (var i = 0; i < torrents; i++)
            swarm.Registry.Share(Absent(i));
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / torrents;
        var image = swarm.Share("a.img", 3 * Block);
        using var peer = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);
        await peer.SendAsync(TestPeer.Request(0, 0, Block));

        Assert.Equal(image.Content[..Block], await peer.ReadBlockAsync(0, 0));
        output.WriteLine($"{each} bytes each, what was needed on the way included");
        Assert.Equal(torrents + 1, swarm.Registry.Count);
        Assert.InRange(each, 0, 4096);
    }

    [Fact]
    public async Task Two_thousand_idle_peers_keep_nobody_from_being_served()
    {
        const int peers = 2000;
        await using var swarm = await TestSwarm.StartAsync(seeder: new SeederSettings { MaxLinks = 3000, MaxLinksPerTorrent = 2500 });
        var image = swarm.Share("a.img", 3 * Block);
        var idle = new List<TestPeer>();
        try
        {
            for (var i = 0; i < peers; i++)
                idle.Add(await TestPeer.JoinAsync(swarm.Seeder.LocalEndPoint, image.InfoHash));
            using var active = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);
            await active.SendAsync(TestPeer.Request(0, 0, Block));

            Assert.Equal(image.Content[..Block], await active.ReadBlockAsync(0, 0));
            await Eventually.TrueAsync(() => swarm.Seeder.Snapshot().Links == peers + 1);
        }
        finally
        {
            idle.ForEach(peer => peer.Dispose());
        }
    }

    [Fact]
    public async Task Two_hundred_peers_get_a_torrent_at_the_same_time()
    {
        const int peers = 200;
        const int length = 2 * 1024 * 1024;
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", length);

        var digests = await Task.WhenAll(Enumerable.Range(0, peers).Select(_ => DownloadAsync(swarm, image)));

        Assert.All(digests, digest => Assert.Equal(image.Md5, digest));
        await Eventually.TrueAsync(() => swarm.Seeder.UploadedOf(image.InfoHash) == (long)peers * length);
    }

    private static async Task<byte[]> DownloadAsync(TestSwarm swarm, TestImage image)
    {
        using var peer = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        for (var begin = 0; begin < image.Content.Length; begin += Block)
            await peer.SendAsync(TestPeer.Request(0, (uint)begin, Block));
        for (var begin = 0; begin < image.Content.Length; begin += Block)
            digest.AppendData(await peer.ReadBlockAsync(0, (uint)begin));
        return digest.GetHashAndReset();
    }

    private static SharedTorrent Absent(int number)
    {
        var hash = new byte[InfoHash.Length];
        BitConverter.TryWriteBytes(hash, number + 1);
        return new SharedTorrent(
            new InfoHash(hash), $"/nowhere/images/image-{number}.img", new FileStamp(10_000_000_000, 1, (ulong)number), $"image-{number}.img", 10_000_000_000, PieceLayout.OpenGnsysPieceLength);
    }
}
