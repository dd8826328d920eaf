using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Catalogue;

/// <summary>Organisational units, directory images, removal, and links.</summary>
public sealed class DirectoryTests(ITestOutputHelper output)
{
    [FactWith("ctorrent", "jq")]
    public async Task Image_in_a_new_organisational_unit_is_listed_there()
    {
        await using var repository = new TestRepository(output);
        repository.Write("Common.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();

        repository.Write("aula1/Exam.img", Contents.Random(2000));

        var image = await agent.SeeAsync("the image is ready", () => agent.Api.FindReadyAsync("aula1/Exam.img"));
        Assert.Equal("aula1", image.Ou);
        Assert.Equal(["aula1"], await Jq.LinesAsync(repository.Repoinfo, ".ous[].subdir"));
        Assert.Equal("img", await Jq.FieldAsync(repository.Repoinfo, "Exam", "img", "type", ou: "aula1"));
        await Sidecars.AssertTrueAsync(repository["aula1/Exam.img"]);
    }

    [Fact]
    public async Task Organisational_unit_that_is_moved_in_and_renamed_is_followed()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();
        Directory.CreateDirectory(repository.Beside("prepared"));
        await File.WriteAllBytesAsync(repository.Beside("prepared/Exam.img"), Contents.Random(2000));

        Directory.Move(repository.Beside("prepared"), repository["aula1"]);
        await agent.SeeAsync("the image is ready", () => agent.Api.FindReadyAsync("aula1/Exam.img"));

        Directory.Move(repository["aula1"], repository["aula2"]);
        await agent.SeeAsync("it is ready in the renamed unit", () => agent.Api.FindReadyAsync("aula2/Exam.img"));
        await agent.SeeAsync("the old unit is gone", async () => await agent.Api.FindAsync("aula1/Exam.img") is null);

        // The watch has followed.
        repository.Write("aula2/Late.img", Contents.Random(100));
        await agent.SeeAsync("a later image is ready", () => agent.Api.FindReadyAsync("aula2/Late.img"));
    }

    [FactWith("jq")]
    public async Task Directory_with_ogimg_info_is_one_image()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();

        repository.Write("Debian-tree/etc/hostname", "pc1");
        repository.Write("Debian-tree/usr/inside.img", Contents.Random(1000));
        repository.Write("Debian-tree/ogimg.info", "# fstype=EXTFS\n# sizedata=8500000\n");
        repository.Write("aula1/Tree/ogimg.info", "# fstype=BTRFS\n");

        var image = await agent.SeeAsync("it is listed", () => agent.Api.FindAsync("Debian-tree"));
        Assert.Equal(("dir", "rsync", "", "EXTFS", 8500000 * 1024L), (image.Type, image.Clonator, image.Compressor, image.FileSystem, image.DataSize));
        await agent.SeeAsync("the one in a unit is listed", () => agent.Api.FindAsync("aula1/Tree"));
        Assert.Equal("BTRFS", await Jq.FieldAsync(repository.Repoinfo, "Tree", "dir", "filesystem", ou: "aula1"));
        Assert.Equal(2, (await agent.Api.ListAsync(all: true)).Everywhere.Count());
        Sidecars.AssertNone(repository["Debian-tree"]);
        Sidecars.AssertNone(repository["Debian-tree/usr/inside.img"]);
    }

    [FactWith("jq")]
    public async Task Deleted_image_leaves_the_catalogue_and_takes_its_sidecars_along()
    {
        await using var repository = new TestRepository(output);
        string[] gone = ["A.img", "aula1/C.img", "aula2/D.img"];
        foreach (var path in (string[])["B.img", .. gone])
            repository.Write(path, Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        foreach (var path in gone)
            await agent.SeeAsync($"{path} is ready", () => agent.Api.FindReadyAsync(path));

        File.Delete(repository["A.img"]);
        File.Delete(repository["aula1/C.img"]);
        Directory.Delete(repository["aula2"], recursive: true);

        await agent.SeeAsync("only one is left", async () => (await agent.Api.ListAsync(all: true)).Everywhere.Select(image => image.Path).SequenceEqual(["B.img"]));
        Assert.Equal(["B"], await Jq.LinesAsync(repository.Repoinfo, ".images[].name"));
        Assert.Empty(await Jq.LinesAsync(repository.Repoinfo, ".ous[].subdir"));
        Assert.All(gone, path => Sidecars.AssertNone(repository[path]));
        Assert.Equal(404, (await agent.Api.GetAsync("torrents/A.img.torrent")).Status);
        Assert.Equal(404, (await agent.Api.GetAsync("images/A.img")).Status);
    }

    [Fact]
    public async Task Symbolic_links_out_of_the_directory_are_neither_listed_nor_served()
    {
        await using var repository = new TestRepository(output);
        Directory.CreateDirectory(repository.Beside("outside"));
        var secret = repository.Beside("outside/Secret.img");
        await File.WriteAllBytesAsync(secret, Contents.Random(1000));
        repository.Write("A.img", Contents.Random(1000));
        File.CreateSymbolicLink(repository["AtStart.img"], secret);
        Directory.CreateSymbolicLink(repository["ou-at-start"], repository.Beside("outside"));
        await using var agent = await repository.StartAsync();

        File.CreateSymbolicLink(repository["Later.img"], secret);
        File.CreateSymbolicLink(repository["Relative.img"], "../outside/Secret.img");
        Directory.CreateSymbolicLink(repository["ou-later"], repository.Beside("outside"));
        File.CreateSymbolicLink(repository["Within.img"], "A.img");
        await agent.SeeAsync("the link that stays inside is ready", () => agent.Api.FindReadyAsync("Within.img"));
        Assert.Equal(200, (await agent.Api.SendAsync(HttpMethod.Put, "ogrepository/v1/images")).Status);

        Assert.Equal(["A.img", "Within.img"], (await agent.Api.ListAsync(all: true)).Everywhere.Select(image => image.Path));
        foreach (var path in (string[])["AtStart.img", "Later.img", "Relative.img", "ou-at-start/Secret.img", "ou-later/Secret.img"])
            Assert.Equal(404, (await agent.Api.GetAsync($"images/{path}")).Status);
        Assert.Equal([secret], Directory.GetFiles(repository.Beside("outside")));
    }

    [Fact]
    public async Task Image_that_becomes_a_link_out_of_the_directory_is_no_longer_served()
    {
        await using var repository = new TestRepository(output);
        await File.WriteAllBytesAsync(repository.Beside("secret"), Contents.Random(1000));
        repository.Write("A.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("the image is ready", () => agent.Api.FindReadyAsync("A.img"));

        File.CreateSymbolicLink(repository.Beside("link"), repository.Beside("secret"));
        File.Move(repository.Beside("link"), repository["A.img"], overwrite: true);

        // At once, before any event was looked at.
        Assert.NotEqual(200, (await agent.Api.GetAsync("images/A.img")).Status);
        await agent.SeeAsync("it has left the catalogue", async () => await agent.Api.FindAsync("A.img") is null);
    }
}
