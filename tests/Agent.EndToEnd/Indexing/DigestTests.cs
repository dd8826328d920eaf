using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Indexing;

/// <summary>Digests beside those of the programs that OpenGnsys and others use, for the sizes at which something ends.</summary>
[Collection(HeavyTests.Name)]
public sealed class DigestTests(ITestOutputHelper output)
{
    private const long MiB = 1 << 20;

    [FactWith("ctorrent", "transmission-create")]
    public async Task Digests_are_those_of_md5sum_sha256sum_ctorrent_and_transmission_create_at_every_border()
    {
        await using var repository = new TestRepository(output, parent: TemporaryDirectory.Memory);
        long[] sizes = [1, MiB - 1, MiB, MiB + 1, 4 * MiB - 1, 4 * MiB, 4 * MiB + 1, 8 * MiB];
        foreach (var size in sizes)
            repository.Write($"{size}.img", Contents.Random((int)size));
        repository.Write("0.img", []);
        await using var agent = await repository.StartAsync();

        await agent.SeeAsync("all are indexed", async () => (await agent.Api.StatusAsync()).Indexed == sizes.Length + 1);

        foreach (var size in sizes)
            await AssertAsync(agent, repository[$"{size}.img"]);
        var empty = await agent.Api.FindAsync("0.img");
        Assert.Equal(("d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e", null), (empty!.Sum, empty.FullSum, empty.InfoHash));
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", empty.Sha256);
    }

    [FactWith("ctorrent", "transmission-create")]
    public async Task A_sparse_image_of_several_GiB_is_digested_to_its_last_byte()
    {
        await using var repository = new TestRepository(output, parent: TemporaryDirectory.Memory);
        using (var file = File.Create(repository["A.img"]))
        {
            file.SetLength(2560 * MiB + 3);
            file.Position = file.Length - 1;
            file.WriteByte(7);
        }
        await using var agent = await repository.StartAsync();

        await agent.SeeAsync("it is indexed", async () => (await agent.Api.StatusAsync()).Indexed == 1, TimeSpan.FromMinutes(5));

        await AssertAsync(agent, repository["A.img"]);
    }

    private static async Task AssertAsync(AgentProcess agent, string path)
    {
        var expected = await ReferenceDigests.OfAsync(path);
        var image = await agent.Api.FindAsync(Path.GetFileName(path));
        Assert.Equal(expected, new ReferenceDigests(image!.Sum!, image.FullSum!, image.Sha256!));
        Assert.Equal((expected.Sum, expected.FullSum), (Sidecars.ReadSum($"{path}.sum"), Sidecars.ReadSum($"{path}.full.sum")));
        var torrent = Torrent.Read($"{path}.torrent");
        Assert.Equal((await Torrent.ByCTorrentAsync(path)).InfoHash, torrent.InfoHash);
        using var directory = new TemporaryDirectory();
        await ExternalProgram.RunAsync("transmission-create", "-s", "4096", "-t", "http://127.0.0.1/announce", "-o", directory["t.torrent"], path);
        Assert.Equal(Torrent.Read(directory["t.torrent"]).Pieces, torrent.Pieces);
    }
}
