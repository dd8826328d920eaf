using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Catalogue;

/// <summary><c>repoinfo.json</c> and sidecars of real images, read and judged by the programs of OpenGnsys' clients and scripts.</summary>
public sealed class RepoinfoTests(ITestOutputHelper output)
{
    private const string Keys = "name,type,clientname,clonator,compressor,filesystem,datasize,scope";

    [FactWith(RealImages.MakeFileSystem, RealImages.Clone, RealImages.Inform, RealImages.Lzop, RealImages.Zstd, "jq", "ctorrent")]
    public async Task Real_images_have_the_facts_that_partclone_tells_and_the_digests_that_md5sum_and_ctorrent_compute()
    {
        var real = await RealImages.GetAsync();
        await using var repository = new TestRepository(output);
        (string Path, string Compressor)[] images =
        [
            (repository.Copy(real.LzopImage, "Lzop.img"), "lzop"),
            (repository.Copy(real.GzipImage, "Gzip.img"), "gzip"),
            (repository.Copy(real.ZstdImage, "Zstd.dsk"), "zstd"),
            (repository.Copy(real.PlainImage, "Plain.img"), "none"),
        ];
        await using var agent = await repository.StartAsync();

        foreach (var (path, compressor) in images)
        {
            var file = Path.GetFileName(path);
            var image = await agent.SeeAsync($"{file} is ready", () => agent.Api.FindReadyAsync(file));
            Assert.Equal(
                ("", "partclone", compressor, real.Facts.FileSystem, real.Facts.DataSize),
                (image.ClientName, image.Clonator, image.Compressor, image.FileSystem, image.DataSize));
            Assert.Equal(await ReferenceDigests.OfAsync(path), new ReferenceDigests(image.Sum!, image.FullSum!, image.Sha256!));
            await Sidecars.AssertTrueAsync(path);
            Assert.Equal(image.InfoHash, Torrent.Read($"{path}.torrent").InfoHash);
            Assert.Equal($"http://{(await agent.Api.StatusAsync()).Tracker!.Listen}/announce", Torrent.Read($"{path}.torrent").Announce);
        }
    }

    [FactWith("jq")]
    public async Task Repoinfo_has_the_keys_of_OpenGnsys_in_their_order()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(100));
        repository.Write("A.dsk", Contents.Random(100));
        repository.Write("Old.pgz", Contents.Random(100));
        repository.Write("A.img.diff", Contents.Random(100));
        repository.Write("aula1/B.img", Contents.Random(100));
        repository.Write("aula2/Tree/ogimg.info", "# fstype=EXTFS\n");
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("all are indexed", async () => await agent.Api.StatusAsync() is { Indexed: 5, Images: 6 });

        Assert.Equal(["directory,images,ous"], await Jq.LinesAsync(repository.Repoinfo, "keys_unsorted | join(\",\")"));
        Assert.Equal([repository.Images], await Jq.LinesAsync(repository.Repoinfo, ".directory"));
        Assert.Equal(["A.dsk", "A.img"], await Jq.LinesAsync(repository.Repoinfo, ".images[] | .name + \".\" + .type"));
        Assert.Equal(["aula1:B.img", "aula2:Tree.dir"], await Jq.LinesAsync(repository.Repoinfo, ".ous[] | .subdir + \":\" + (.images[] | .name + \".\" + .type)"));
        Assert.Equal([Keys], (await Jq.LinesAsync(repository.Repoinfo, ".. | objects | select(has(\"clonator\")) | keys_unsorted | join(\",\")")).Distinct());
        Assert.Equal(["subdir,images"], (await Jq.LinesAsync(repository.Repoinfo, ".ous[] | keys_unsorted | join(\",\")")).Distinct());
        Assert.Equal(["number"], (await Jq.LinesAsync(repository.Repoinfo, ".. | objects | select(has(\"clonator\")) | .datasize | type")).Distinct());
        // What it leaves out has sums and torrents all the same.
        Assert.All(["Old.pgz", "A.img.diff"], path => Assert.True(File.Exists(repository[$"{path}.torrent"]), path));
    }

    [FactWith("jq")]
    public async Task Outdated_info_is_removed_and_its_facts_are_not_used()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img.info", "PARTCLONE:LZOP:NTFS:1000:old-pc\n");
        File.SetLastWriteTimeUtc(repository["A.img.info"], DateTime.UtcNow.AddMinutes(-5));
        repository.Write("A.img", Contents.Random(100));
        await using var agent = await repository.StartAsync();

        await agent.SeeAsync("the image is ready", () => agent.Api.FindReadyAsync("A.img"));
        Assert.Equal("", await Jq.FieldAsync(repository.Repoinfo, "A", "img", "clientname"));
        Assert.False(File.Exists(repository["A.img.info"]));
    }

    [FactWith("jq")]
    public async Task Facts_of_a_consumed_info_survive_a_restart()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(100));
        repository.Write("A.img.info", "PARTIMAGE:GZIP:EXTFS:1000:model-pc\n");
        await using (var first = await repository.StartAsync())
        {
            await first.SeeAsync("the .info is consumed", () => Task.FromResult(!File.Exists(repository["A.img.info"])));
            Assert.Equal(0, await first.StopAsync());
        }

        // The records lost as well: then repoinfo.json alone knows it.
        File.Delete(Path.Combine(repository.State, "images.jsonl"));
        await using var second = await repository.StartAsync();

        await second.SeeAsync("the image is ready", () => second.Api.FindReadyAsync("A.img"));
        Assert.Equal("model-pc", await Jq.FieldAsync(repository.Repoinfo, "A", "img", "clientname"));
        Assert.Equal("partimage", await Jq.FieldAsync(repository.Repoinfo, "A", "img", "clonator"));
    }
}
