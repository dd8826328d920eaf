using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Catalogue;

/// <summary>A first start where OpenGnsys has worked for years: what only its files know is kept, what is wrong in them is put right.</summary>
public sealed class ExistingInstallationTests(ITestOutputHelper output)
{
    /// <summary>As <c>checkrepo</c> leaves it.</summary>
    private const string OldRepoinfo = """
        {
          "directory": "/opt/opengnsys/images",
          "images": [
            {
              "name": "Windows10",
              "type": "img",
              "clientname": "Windows_10",
              "clonator": "partclone",
              "compressor": "lzop",
              "filesystem": "NTFS",
              "datasize": 23654400000
            },
            {
              "name": "Gone",
              "type": "img",
              "clientname": "x",
              "clonator": "partclone",
              "compressor": "lzop",
              "filesystem": "NTFS",
              "datasize": 1
            },
            {
              "name": "Locked",
              "type": "img",
              "clientname": "locked-pc",
              "clonator": "partimage",
              "compressor": "gzip",
              "filesystem": "EXTFS",
              "datasize": 1024
            }
          ],
          "ous": [
            { "subdir": "aula1", "images": [
              { "name": "Exam", "type": "dsk", "clientname": "exam-pc", "clonator": "dd", "compressor": "gzip", "filesystem": "", "datasize": 0 } ] },
            { "subdir": "closed", "images": [
              { "name": "Exam", "type": "img", "clientname": "", "clonator": "", "compressor": "", "filesystem": "", "datasize": 0 } ] }
          ]
        }
        """;

    [FactWith("jq", "ctorrent")]
    public async Task Facts_of_the_old_repoinfo_are_kept_and_its_dead_entries_dropped()
    {
        await using var repository = Installation();
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("all are ready", async () => await agent.Api.StatusAsync() is { Indexed: 2, Images: 3 });

        var windows = await agent.Api.FindAsync("Windows10.img");
        Assert.Equal(
            ("Windows_10", "partclone", "lzop", "NTFS", 23654400000, "local"),
            (windows!.ClientName, windows.Clonator, windows.Compressor, windows.FileSystem, windows.DataSize, windows.Scope));
        var repoinfo = repository.Beside("etc/repoinfo.json");
        Assert.Equal("exam-pc", await Jq.FieldAsync(repoinfo, "Exam", "dsk", "clientname", ou: "aula1"));
        Assert.Equal(["Locked", "Windows10"], await Jq.LinesAsync(repoinfo, ".images[].name"));
        Assert.Equal(["aula1"], await Jq.LinesAsync(repoinfo, ".ous[].subdir"));
        Assert.Equal([repository.Images], await Jq.LinesAsync(repoinfo, ".directory"));
        Assert.True((await agent.Api.FindAsync("Locked.img"))!.Locked);
    }

    [FactWith("ctorrent")]
    public async Task Right_sums_stay_as_they_are_and_wrong_ones_are_put_right()
    {
        await using var repository = Installation();
        var windows = repository["Windows10.img"];
        var right = await ReferenceDigests.OfAsync(windows);
        await File.WriteAllTextAsync($"{windows}.sum", right.Sum + "\n");
        await File.WriteAllTextAsync($"{windows}.full.sum", "0123456789abcdef0123456789abcdef\n");
        await ExternalProgram.RunAsync(
            "ctorrent", "-t", windows, "-u", "http://192.168.1.5:6969/announce", "-s", $"{windows}.torrent", "-c", right.FullSum, "-l", "4194304");
        var written = File.GetLastWriteTimeUtc($"{windows}.sum");
        await using var agent = await repository.StartAsync();

        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("Windows10.img"));
        await Sidecars.AssertTrueAsync(windows);
        Assert.Equal(written, File.GetLastWriteTimeUtc($"{windows}.sum"));
        // The tracker is the agent's now.
        Assert.Equal($"http://{repository.Settings.Tracker}/announce", Torrent.Read($"{windows}.torrent").Announce);
    }

    [FactWith("jq")]
    public async Task Repoinfo_with_other_keys_is_built_anew_with_the_facts_that_it_holds()
    {
        await using var repository = Installation();
        var repoinfo = repository.Beside("etc/repoinfo.json");
        await File.WriteAllTextAsync(repoinfo, OldRepoinfo.Replace("\"directory\"", "\"version\": 3, \"directory\""));
        await using var agent = await repository.StartAsync();

        await agent.SeeAsync("it is rewritten", async () => (await Jq.LinesAsync(repoinfo, "keys_unsorted | join(\",\")")).SequenceEqual(["directory,images,ous"]));
        await agent.SeeAsync("the facts are there", async () => await Jq.FieldAsync(repoinfo, "Windows10", "img", "clientname") == "Windows_10");
    }

    [FactWith("jq")]
    public async Task Torn_repoinfo_is_set_aside_and_made_anew()
    {
        await using var repository = Installation();
        var repoinfo = repository.Beside("etc/repoinfo.json");
        await File.WriteAllTextAsync(repoinfo, OldRepoinfo[..200]);
        await using var agent = await repository.StartAsync();

        await agent.SeeAsync("it is rewritten", async () => (await Jq.LinesAsync(repoinfo, ".images[].name")).Contains("Windows10"));
        Assert.Contains("no valid JSON", agent.Log);
        Assert.Equal(OldRepoinfo[..200], await File.ReadAllTextAsync($"{repoinfo}.unreadable"));
    }

    [FactWith("curl")]
    public async Task Key_and_address_come_from_the_configuration_of_OpenGnsys()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(1000));
        await File.WriteAllTextAsync(repository.Beside("ogAdmRepo.cfg"), "IPlocal=127.0.0.9\nApiToken=\"0123456789abcdef0123\"\n");
        await File.WriteAllTextAsync(
            repository.ConfigurationFile,
            repository.Settings.ToToml(repository.Images, repository.State).Replace("advertise = \"127.0.0.1\"", "")
                .Replace("[server]", $"opengnsys_config = \"{repository.Beside("ogAdmRepo.cfg")}\"\n[server]"));
        await File.WriteAllTextAsync(repository.Beside("key"), "0123456789abcdef0123");
        await using var agent = new AgentProcess(repository.Beside("key"), "serve", "--config", repository.ConfigurationFile);
        await agent.WaitUntilReadyAsync();

        var answer = await Curl.AskAsync("-H", "Authorization: 0123456789abcdef0123", agent.Api.UrlOf("ogrepository/v1/status"));
        Assert.Equal(200, answer.Status);
        Assert.False(File.Exists(repository.KeyFile));
        await agent.SeeAsync("there is a torrent", () => Task.FromResult(File.Exists(repository["A.img.torrent"])));
        Assert.StartsWith("http://127.0.0.9:", Torrent.Read(repository["A.img.torrent"]).Announce);
    }

    /// <summary>A file with facts, one that is locked since before, and one in a unit; none has a <c>.info</c> any more.</summary>
    private TestRepository Installation()
    {
        var repository = new TestRepository(output);
        Directory.CreateDirectory(repository.Beside("etc"));
        File.WriteAllText(repository.Beside("etc/repoinfo.json"), OldRepoinfo);
        repository.Settings = repository.Settings with { MoreOfRepository = $"repoinfo = \"{repository.Beside("etc/repoinfo.json")}\"" };
        repository.Write("Windows10.img", Contents.Random(2_000_000));
        repository.Write("Locked.img", Contents.Random(1000));
        repository.Write("Locked.img.lock", "");
        repository.Write("aula1/Exam.dsk", Contents.Random(1000));
        return repository;
    }
}
