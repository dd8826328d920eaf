using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Catalogue;

/// <summary>How images come into the directory: the ways of clients, administrators and copying programs.</summary>
public sealed class ArrivalTests(ITestOutputHelper output)
{
    [FactWith(RealImages.Clone, RealImages.Lzop)]
    public async Task Image_copied_in_slowly_is_listed_only_after_its_writer_has_closed_it()
    {
        var content = await File.ReadAllBytesAsync((await RealImages.GetAsync()).LzopImage);
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();

        await using (var writer = File.Create(repository["Ubuntu.img"]))
        {
            foreach (var chunk in content.Chunk(content.Length / 4))
            {
                await writer.WriteAsync(chunk);
                await writer.FlushAsync();
                // Longer than the settling time, so that only the missing close keeps it out.
                await AssertNotListedAfterAnotherArrivalAsync(repository, agent, "Ubuntu.img");
            }
        }

        var image = await agent.SeeAsync("the whole image is listed", () => agent.Api.FindReadyAsync("Ubuntu.img"));
        Assert.Equal(content.Length, image.Size);
        Assert.Equal(await ReferenceDigests.OfAsync(repository["Ubuntu.img"]), new ReferenceDigests(image.Sum!, image.FullSum!, image.Sha256!));
    }

    [Fact]
    public async Task Locked_image_is_listed_when_its_lock_is_gone_with_the_facts_of_its_info()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();

        repository.Write("Windows10.img.lock", "");
        repository.Write("Windows10.img", Contents.Random(2_000_000));
        repository.Write("Windows10.img.info", "PARTCLONE:LZOP:NTFS:5642158:aula1-pc3\n");
        await AssertNotListedAfterAnotherArrivalAsync(repository, agent, "Windows10.img");
        Assert.True(File.Exists(repository["Windows10.img.info"]));
        File.Delete(repository["Windows10.img.lock"]);

        var image = await agent.SeeAsync("the image is listed", () => agent.Api.FindReadyAsync("Windows10.img"));
        Assert.Equal(
            ("aula1-pc3", "partclone", "lzop", "NTFS", 5642158 * 1024L),
            (image.ClientName, image.Clonator, image.Compressor, image.FileSystem, image.DataSize));
        Assert.Equal("aula1-pc3", await Jq.FieldAsync(repository.Repoinfo, "Windows10", "img", "clientname"));
        await agent.SeeAsync("the .info is taken over and gone", () => Task.FromResult(!File.Exists(repository["Windows10.img.info"])));
    }

    [Fact]
    public async Task Lock_beside_a_listed_image_shows_and_changes_nothing_else()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        var before = await agent.SeeAsync("the image is ready", () => agent.Api.FindReadyAsync("A.img"));

        repository.Write("A.img.lock", "");
        var locked = await agent.SeeAsync(
            "the image is shown as locked", async () => await agent.Api.FindAsync("A.img") is { Locked: true } image ? image : null);
        Assert.Equal(before with { Locked = true }, locked);

        File.Delete(repository["A.img.lock"]);
        await agent.SeeAsync("the image is as it was", async () => await agent.Api.FindAsync("A.img") == before);
    }

    [FactWith("ctorrent")]
    public async Task Image_moved_in_by_rename_is_listed()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();

        await File.WriteAllBytesAsync(repository.Beside("coming"), Contents.Random(1_500_000));
        File.Move(repository.Beside("coming"), repository["Moved.img"]);
        // As rsync does it: under a hidden name first.
        repository.Write(".Synced.dsk.x7Gh2", Contents.Random(1_500_000));
        File.Move(repository[".Synced.dsk.x7Gh2"], repository["Synced.dsk"]);

        foreach (var name in (string[])["Moved.img", "Synced.dsk"])
        {
            await agent.SeeAsync($"{name} is ready", () => agent.Api.FindReadyAsync(name));
            await Sidecars.AssertTrueAsync(repository[name]);
        }
    }

    [FactWith("ctorrent")]
    public async Task Image_renamed_inside_the_directory_leaves_nothing_under_its_old_name()
    {
        await using var repository = new TestRepository(output);
        repository.Write("Old.img", Contents.Random(1_500_000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("the image is ready", () => agent.Api.FindReadyAsync("Old.img"));

        File.Move(repository["Old.img"], repository["New.img"]);

        await agent.SeeAsync("it is ready under its new name", () => agent.Api.FindReadyAsync("New.img"));
        await agent.SeeAsync("the old name is gone", async () => await agent.Api.FindAsync("Old.img") is null);
        await Sidecars.AssertTrueAsync(repository["New.img"]);
        Sidecars.AssertNone(repository["Old.img"]);
    }

    [FactWith("ctorrent")]
    public async Task Overwritten_image_gets_new_digests_and_a_new_torrent()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(5_000_000));
        await using var agent = await repository.StartAsync();
        var before = await agent.SeeAsync("the image is ready", () => agent.Api.FindReadyAsync("A.img"));

        // The same size: only its time tells that it is another.
        await File.WriteAllBytesAsync(repository["A.img"], Contents.Random(5_000_000));

        var after = await agent.SeeAsync(
            "the new content is ready", async () => await agent.Api.FindReadyAsync("A.img") is { } image && image.FullSum != before.FullSum ? image : null);
        Assert.Equal((await ReferenceDigests.OfAsync(repository["A.img"])).FullSum, after.FullSum);
        await Sidecars.AssertTrueAsync(repository["A.img"]);
        Assert.Equal(after.InfoHash, Torrent.Parse((await agent.Api.GetAsync("torrents/A.img.torrent")).Body).InfoHash);
    }

    [FactWith("ctorrent")]
    public async Task Image_replaced_by_a_client_that_keeps_a_backup_shows_the_backup()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(3000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("the image is ready", () => agent.Api.FindReadyAsync("A.img"));
        var oldSum = Sidecars.ReadSum(repository["A.img.full.sum"]);

        repository.Write("A.img.lock", "");
        foreach (var ending in (string[])["", .. Sidecars.Endings])
            File.Move(repository[$"A.img{ending}"], repository[$"A.img{ending}.ant"]);
        repository.Write("A.img", Contents.Random(4000));
        File.Delete(repository["A.img.lock"]);

        var image = await agent.SeeAsync(
            "the new content is ready", async () => await agent.Api.FindReadyAsync("A.img") is { Size: 4000, Locked: false } now ? now : null);
        Assert.Equal((true, 3000L), (image.BackedUp, image.BackupSize));
        await Sidecars.AssertTrueAsync(repository["A.img"]);
        Assert.Equal(oldSum, Sidecars.ReadSum(repository["A.img.full.sum.ant"]));
        Assert.Equal(oldSum, (await ReferenceDigests.OfAsync(repository["A.img.ant"])).FullSum);
        Assert.Equal(["A.img"], (await agent.Api.ListAsync(all: true)).Everywhere.Select(listed => listed.Path));
    }

    /// <summary>Another image comes after it and is listed: what was to be seen of the first was seen by then.</summary>
    private static async Task AssertNotListedAfterAnotherArrivalAsync(TestRepository repository, AgentProcess agent, string path)
    {
        var other = $"marker-{Guid.NewGuid():N}.img";
        repository.Write(other, "marker");
        await agent.SeeAsync("another image is listed", () => agent.Api.FindAsync(other));
        Assert.Null(await agent.Api.FindAsync(path));
        Assert.DoesNotContain(path[..^4], await File.ReadAllTextAsync(repository.Repoinfo));
    }
}
