using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Replication.Legacy;

/// <summary>Images brought from a server that has no agent, over a real <c>sshd</c>.</summary>
public sealed class ImportTests(ITestOutputHelper output)
{
    [FactWith(LegacySite.Sshd, LegacySite.Ssh)]
    public async Task An_image_comes_whole_with_sidecars_and_facts()
    {
        await using var site = await LegacySite.StartAsync();
        await using var repository = Repository(site);
        var content = Contents.Random(3_000_000);
        await site.WriteSummedAsync("aula1/Windows10.img", content);
        LegacySite.Write(site.Repoinfo, """
            {"directory":"/opt/opengnsys/images","images":[],"ous":[{"subdir":"aula1","images":[{"name":"Windows10","type":"img",
             "clientname":"pc3","clonator":"partclone","compressor":"lzop","filesystem":"NTFS","datasize":5777569792}]}]}
            """);
        await using var agent = await repository.StartAsync();

        var answer = await agent.BringAsync("import", new { user = LegacySite.User, repo = $"127.0.0.2:{site.Port}", image = "Windows10" });

        Assert.Equal("aula1/Windows10.img", answer.GetProperty("image").GetString());
        Assert.Equal(content.Length, answer.GetProperty("fetched").GetInt64());
        Assert.Equal(content, await File.ReadAllBytesAsync(repository["aula1/Windows10.img"]));
        await Sidecars.AssertTrueAsync(repository["aula1/Windows10.img"]);
        var image = await agent.Api.FindReadyAsync("aula1/Windows10.img");
        Assert.Equal(("pc3", "partclone", "lzop", "NTFS", 5777569792, false), (image!.ClientName, image.Clonator, image.Compressor, image.FileSystem, image.DataSize, image.Locked));
        Assert.Equal(["aula1/Windows10.img", "aula1/Windows10.img.full.sum", "aula1/Windows10.img.sum", "aula1/Windows10.img.torrent"], LegacyWork.FilesIn(repository.Images));
    }

    [FactWith(LegacySite.Sshd, LegacySite.Ssh)]
    public async Task Odd_names_an_empty_image_and_other_organisational_units_make_no_difference()
    {
        await using var site = await LegacySite.StartAsync(more: """ForceCommand sh -c 'echo login files say this; echo and this >&2; exec bash -c "$SSH_ORIGINAL_COMMAND"'""");
        await using var repository = Repository(site);
        const string odd = "-it's \"$(id)\" `x` *? ñ日本\t&;";
        var content = Contents.Random(100_000);
        site.WriteImage($"{odd}.img", content);
        site.WriteImage("Empty.dsk", []);
        await using var agent = await repository.StartAsync();

        await agent.BringAsync("import", new { repo = "old", image = odd, ou = "aula 2" });
        await agent.BringAsync("import", new { repo = "old", image = "Empty.dsk" });

        Assert.Equal(content, await File.ReadAllBytesAsync(repository[$"aula 2/{odd}.img"]));
        Assert.Empty(await File.ReadAllBytesAsync(repository["Empty.dsk"]));
    }

    [FactWith(LegacySite.Sshd, LegacySite.Ssh)]
    public async Task A_sum_that_is_missing_or_old_is_computed_there_and_a_wrong_one_lets_nothing_in()
    {
        await using var site = await LegacySite.StartAsync();
        await using var repository = Repository(site);
        var content = Contents.Random(500_000);
        site.WriteImage("Missing.img", content);
        await site.WriteSummedAsync("Old.img", Contents.Random(10));
        site.WriteImage("Old.img", content);
        File.SetLastWriteTimeUtc(site["Old.img.full.sum"], DateTime.UtcNow.AddHours(-1));
        site.WriteImage("Wrong.img", content);
        LegacySite.Write(site["Wrong.img.full.sum"], new string('a', 32) + "\n");
        await using var agent = await repository.StartAsync();

        await agent.BringAsync("import", new { repo = "old", image = "Missing" });
        await agent.BringAsync("import", new { repo = "old", image = "Old" });
        var refused = await agent.RefusedAsync("import", new { repo = "old", image = "Wrong" }, 500);

        Assert.Equal(content, await File.ReadAllBytesAsync(repository["Missing.img"]));
        Assert.Equal(content, await File.ReadAllBytesAsync(repository["Old.img"]));
        Assert.Contains("is not what its .full.sum says", refused, StringComparison.Ordinal);
        Assert.DoesNotContain(LegacyWork.FilesIn(repository.Images), file => file.Contains("Wrong", StringComparison.Ordinal) || file.Contains("incoming", StringComparison.Ordinal));
    }

    [FactWith(LegacySite.Sshd, LegacySite.Ssh)]
    public async Task An_image_that_is_here_is_kept_as_backup_or_stays()
    {
        await using var site = await LegacySite.StartAsync();
        await using var repository = Repository(site);
        var (older, newer) = (Contents.Random(200_000), Contents.Random(300_000));
        repository.Write("A.img", older);
        await site.WriteSummedAsync("A.img", newer);
        await using var agent = await repository.StartAsync();
        var before = await agent.SeeAsync("A.img is ready", () => agent.Api.FindReadyAsync("A.img"));

        var refused = await agent.RefusedAsync("import", new { repo = "old", image = "A", existing = "refuse" }, 500);
        Assert.Contains("A.img", refused, StringComparison.Ordinal);
        Assert.Equal(older, await File.ReadAllBytesAsync(repository["A.img"]));

        await agent.BringAsync("import", new { repo = "old", image = "A" });
        Assert.Equal(newer, await File.ReadAllBytesAsync(repository["A.img"]));
        Assert.Equal(older, await File.ReadAllBytesAsync(repository["A.img.ant"]));

        // What is here already is neither fetched again nor put in the place of its own backup.
        var again = await agent.BringAsync("import", new { repo = "old", image = "A", existing = "refuse" });
        Assert.Equal(0, again.GetProperty("fetched").GetInt64());
        Assert.Equal(older, await File.ReadAllBytesAsync(repository["A.img.ant"]));
        Assert.Equal(before.FullSum, Sidecars.ReadSum(repository["A.img.full.sum.ant"]));
        await Sidecars.AssertTrueAsync(repository["A.img"]);
    }

    [FactWith(LegacySite.Sshd, LegacySite.Ssh)]
    public async Task What_keeps_an_import_from_beginning_is_told_with_what_to_do()
    {
        await using var site = await LegacySite.StartAsync();
        await using var repository = Repository(site);
        await site.WriteSummedAsync("A.img", Contents.Random(1000));
        await site.WriteSummedAsync("A.dsk", Contents.Random(1000));
        await site.WriteSummedAsync("Locked.img", Contents.Random(1000));
        LegacySite.Write(site["Locked.img.lock"], "");
        LegacySite.Write(site["Folder/ogimg.info"], "");
        await using var agent = await repository.StartAsync();

        await AssertRefusedAsync("Nowhere", 400, "There is no image \"Nowhere\"");
        await AssertRefusedAsync("A", 400, "\"A.img\"", "\"A.dsk\"", "give extension and OU");
        await AssertRefusedAsync("Folder", 400, "is a directory image");
        await AssertRefusedAsync("Locked", 409, "is locked at", "Locked.img.lock");
        await AssertRefusedAsync("../A", 400, "is no name of an image");
        await site.KnowAsync(null);
        await AssertRefusedAsync("A.img", 400, "is not known here", $"ssh-keyscan -p {site.Port} 127.0.0.1 >> {site.KnownHosts}");
        Assert.Empty(await File.ReadAllTextAsync(site.KnownHosts));
        await site.KnowAsync("impostor");
        await AssertRefusedAsync("A.img", 400, "has another host key than the one that is known here", $"-R '[127.0.0.1]:{site.Port}'");
        site.KnowHostKey();
        await site.LetInAsync(client: false);
        await AssertRefusedAsync("A.img", 400, "does not let the agent in", "authorized_keys", site.KeyFile);
        await site.LetInAsync(client: true);
        File.Move(site.KeyFile, site.KeyFile + ".away");
        await AssertRefusedAsync("A.img", 400, "The private key", "must exist");
        File.Move(site.KeyFile + ".away", site.KeyFile);
        await site.KillAsync();
        await AssertRefusedAsync("A.img", 400, "cannot be reached", "sshd runs there");
        site.More = "ForceCommand internal-sftp";
        await site.StartSshdAsync();
        await AssertRefusedAsync("A.img", 400, "lets its user run no commands");
        Assert.Empty(LegacyWork.FilesIn(repository.Images));

        async Task AssertRefusedAsync(string image, int status, params string[] told)
        {
            var reason = await agent.RefusedAsync("import", new { repo = "old", image }, status);
            Assert.All(told, part => Assert.Contains(part, reason, StringComparison.Ordinal));
        }
    }

    [FactWith(LegacySite.Sshd, LegacySite.Ssh)]
    public async Task The_command_line_imports_and_exports_and_says_what_came_of_it()
    {
        await using var site = await LegacySite.StartAsync();
        await using var repository = Repository(site);
        await site.WriteSummedAsync("A.img", Contents.Random(300_000));
        await using var agent = await repository.StartAsync();

        var imported = await AgentCommand.AskAsync(agent, "import", $"127.0.0.2:{site.Port}", "A", "--user", LegacySite.User, "--ou", "aula1");
        var exported = await AgentCommand.AskAsync(agent, "export", "aula1/A.img", "old", "--ou", "aula2");
        var missing = await AgentCommand.AskAsync(agent, "import", "old", "Nowhere");

        Assert.True(imported.ExitCode == 0, $"{imported.Errors}{imported.Output}");
        Assert.Contains("\"aula1/A.img\" is there", imported.Output, StringComparison.Ordinal);
        Assert.True(exported.ExitCode == 0, $"{exported.Errors}{exported.Output}");
        Assert.Contains("as \"aula2/A.img\"", exported.Output, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllBytesAsync(site["A.img"]), await File.ReadAllBytesAsync(site["aula2/A.img"]));
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("There is no image \"Nowhere\"", missing.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-oProxyCommand=touch", "127.0.0.1")]
    [InlineData("root", "-oProxyCommand=touch")]
    [InlineData("root", "127.0.0.1 x")]
    [InlineData("ro\not", "127.0.0.1")]
    public async Task A_hostile_user_or_host_never_comes_to_ssh(string user, string repo)
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();

        var refused = await agent.RefusedAsync("import", new { user, repo, image = "A" }, 400);

        Assert.Contains("ssh destination", refused, StringComparison.Ordinal);
    }

    private TestRepository Repository(LegacySite site) => new(output, new AgentSettings { More = site.ToToml() });
}
