using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Replication.Legacy;

/// <summary>Images brought to a server that has no agent, over a real <c>sshd</c>.</summary>
public sealed class ExportTests(ITestOutputHelper output)
{
    private const int Length = 12 * 1024 * 1024;

    [FactWith(LegacySite.Sshd, LegacySite.Ssh)]
    public async Task An_image_comes_whole_with_sums_and_facts_and_the_old_one_is_kept_or_stays()
    {
        await using var site = await LegacySite.StartAsync();
        await using var repository = Repository(site);
        var (older, newer) = (Contents.Random(200_000), Contents.Random(3_000_000));
        var olderSum = await site.WriteSummedAsync("aula 2/A.img", older);
        site.WriteImage("aula 2/A.img.torrent", [1]);
        repository.Write("A.img", newer);
        repository.Write("A.img.info", "PARTCLONE:LZOP:NTFS:1024:pc=3\n");
        await using var agent = await StartAsync(repository);
        await agent.SeeAsync("the facts are known", async () => await agent.Api.FindAsync("A.img") is { ClientName: "pc=3" });

        var refused = await agent.RefusedAsync("export", new { repo = "old", image = "A", ou = "aula 2", existing = "refuse" }, 500);
        Assert.Contains("was asked to stay", refused, StringComparison.Ordinal);
        Assert.Equal(older, await File.ReadAllBytesAsync(site["aula 2/A.img"]));
        Assert.Equal(4, LegacyWork.FilesIn(site.Images).Length);

        var answer = await agent.BringAsync("export", new { repo = "old", image = "A", ou = "aula 2" });
        Assert.Equal(("aula 2/A.img", newer.Length), (answer.GetProperty("there").GetString(), answer.GetProperty("sent").GetInt32()));
        Assert.Equal(newer, await File.ReadAllBytesAsync(site["aula 2/A.img"]));
        await AssertSumsAsync(site["aula 2/A.img"]);
        Assert.Equal("PARTCLONE:LZOP:NTFS:1024:pc=3\n", await File.ReadAllTextAsync(site["aula 2/A.img.info"]));
        Assert.True(File.GetLastWriteTimeUtc(site["aula 2/A.img.info"]) >= File.GetLastWriteTimeUtc(site["aula 2/A.img"]));
        Assert.Equal(older, await File.ReadAllBytesAsync(site["aula 2/A.img.ant"]));
        Assert.Equal(olderSum, Sidecars.ReadSum(site["aula 2/A.img.full.sum.ant"]));
        Assert.Equal(
            ["A.img", "A.img.ant", "A.img.full.sum", "A.img.full.sum.ant", "A.img.info", "A.img.sum", "A.img.sum.ant", "A.img.torrent.ant"],
            LegacyWork.FilesIn(site["aula 2"]));
    }

    [FactWith(LegacySite.Sshd, LegacySite.Ssh)]
    public async Task What_is_there_already_is_not_sent_again()
    {
        await using var site = await LegacySite.StartAsync();
        await using var repository = Repository(site);
        repository.Write("A.img", Contents.Random(300_000));
        await using var agent = await StartAsync(repository);
        await agent.BringAsync("export", new { repo = "old", image = "A" });
        File.Delete(site["A.img.full.sum"]);

        var again = await agent.BringAsync("export", new { repo = "old", image = "A" });

        Assert.Equal(0, again.GetProperty("sent").GetInt64());
        await AssertSumsAsync(site["A.img"]);
        Assert.Equal(["A.img", "A.img.full.sum", "A.img.sum"], LegacyWork.FilesIn(site.Images).Where(file => !file.EndsWith(".info", StringComparison.Ordinal)));
    }

    [FactWith(LegacySite.Sshd, LegacySite.Ssh)]
    public async Task Odd_names_and_an_empty_image_make_no_difference()
    {
        await using var site = await LegacySite.StartAsync(more: """ForceCommand sh -c 'echo login files say this; echo and this >&2; exec bash -c "$SSH_ORIGINAL_COMMAND"'""");
        await using var repository = Repository(site);
        const string odd = "it's \"$(id)\" `x` *? ñ日本 &;.img";
        var content = Contents.Random(100_000);
        repository.Write(odd, content);
        repository.Write("Empty.dsk", "");
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync(odd));

        await agent.BringAsync("export", new { repo = "old", image = odd, ou = "-o 'x'" });
        await agent.BringAsync("export", new { repo = "old", image = "Empty.dsk" });

        Assert.Equal(content, await File.ReadAllBytesAsync(site[$"-o 'x'/{odd}"]));
        await AssertSumsAsync(site[$"-o 'x'/{odd}"]);
        Assert.Empty(await File.ReadAllBytesAsync(site["Empty.dsk"]));
    }

    [FactWith(LegacySite.Sshd, LegacySite.Ssh)]
    public async Task It_goes_on_where_it_was_when_sshd_was_killed_and_when_the_agent_was()
    {
        await using var site = await LegacySite.StartAsync();
        await using var repository = Repository(site, "4MiB/s");
        var (older, newer) = (Contents.Random(1000), Contents.Random(Length));
        await site.WriteSummedAsync("A.img", older);
        repository.Write("A.img", newer);
        await using var first = await StartAsync(repository);
        var job = await first.BeginAsync("export", new { repo = "old", image = "A" });
        await first.SeeHalfwayAsync(job);

        await site.KillAsync();
        await first.SeeAsync("the loss is told", async () => (await first.JobLogAsync(job)).Contains("It is tried again", StringComparison.Ordinal));
        Assert.Equal(older, await File.ReadAllBytesAsync(site["A.img"]));
        Assert.True(File.Exists(site["A.img.lock"]));
        await site.StartSshdAsync();
        await first.SeeAsync("it goes on", async () => (await first.JobLogAsync(job)).Contains($" of {Length} bytes are there already", StringComparison.Ordinal));
        await first.KillAsync();
        Assert.Equal(older, await File.ReadAllBytesAsync(site["A.img"]));
        await using var second = await repository.StartAsync();

        await second.AssertFinishedAsync(job);
        Assert.Equal(newer, await File.ReadAllBytesAsync(site["A.img"]));
        Assert.Equal(older, await File.ReadAllBytesAsync(site["A.img.ant"]));
        await AssertSumsAsync(site["A.img"]);
        Assert.DoesNotContain(LegacyWork.FilesIn(site.Images), file => file.EndsWith(".lock", StringComparison.Ordinal) || file.EndsWith(".ogrepo-part", StringComparison.Ordinal));
        Assert.InRange((await second.JobAsync(job)).GetProperty("result").GetProperty("sent").GetInt64(), 0, Length - 1);
    }

    [FactWith(LegacySite.Sshd, LegacySite.Ssh)]
    public async Task What_was_cancelled_or_is_locked_leaves_all_there_as_it_was()
    {
        await using var site = await LegacySite.StartAsync();
        await using var repository = Repository(site, "4MiB/s");
        var older = Contents.Random(1000);
        await site.WriteSummedAsync("A.img", older);
        repository.Write("A.img", Contents.Random(Length));
        await using var agent = await StartAsync(repository);
        var before = LegacyWork.FilesIn(site.Images);

        var job = await agent.BeginAsync("export", new { repo = "old", image = "A" });
        await agent.SeeHalfwayAsync(job);
        await agent.Api.SendAsync(HttpMethod.Delete, $"ogrepository/v1/jobs/{job}");
        Assert.Equal("CANCELLED", await agent.EndAsync(job));
        Assert.Equal(before, LegacyWork.FilesIn(site.Images));
        Assert.Equal(older, await File.ReadAllBytesAsync(site["A.img"]));

        LegacySite.Write(site["A.img.lock"], "");
        var refused = await agent.RefusedAsync("export", new { repo = "old", image = "A" }, 500);
        Assert.Contains("is locked at", refused, StringComparison.Ordinal);
        Assert.Equal([.. before, "A.img.lock"], LegacyWork.FilesIn(site.Images).OrderBy(file => file == "A.img.lock"));
    }

    [FactWith(LegacySite.Sshd, LegacySite.Ssh)]
    public async Task What_an_earlier_try_brought_wrong_is_found_out_and_sent_anew()
    {
        await using var site = await LegacySite.StartAsync();
        await using var repository = Repository(site, "4MiB/s");
        var content = Contents.Random(Length);
        repository.Write("A.img", content);
        await using var first = await StartAsync(repository);
        var job = await first.BeginAsync("export", new { repo = "old", image = "A" });
        await first.SeeHalfwayAsync(job);
        await first.KillAsync();
        var partial = Path.Combine(site.Images, LegacyWork.FilesIn(site.Images).Single(file => file.EndsWith(".ogrepo-part", StringComparison.Ordinal)));
        using (var file = File.OpenWrite(partial))
            file.Write(Contents.Random(1000));
        await using var second = await repository.StartAsync();

        await second.AssertFinishedAsync(job);

        Assert.Contains("What is there is wrong", await second.JobLogAsync(job), StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllBytesAsync(site["A.img"]));
        await AssertSumsAsync(site["A.img"]);
    }

    [TheoryWithMount]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_disk_there_is_told_and_nothing_is_left(bool fillsUpMeanwhile)
    {
        await using var disk = await SmallFileSystem.MountAsync(20);
        await using var site = await LegacySite.StartAsync(disk.Root);
        await using var repository = Repository(site, "4MiB/s");
        repository.Write("A.img", Contents.Random(Length));
        await using var agent = await StartAsync(repository);
        var filler = fillsUpMeanwhile ? null : disk.Fill();

        var job = await agent.BeginAsync("export", new { repo = "old", image = "A" });
        if (fillsUpMeanwhile)
        {
            await agent.SeeHalfwayAsync(job);
            filler = disk.Fill();
        }
        Assert.Equal("FAILED", await agent.EndAsync(job));

        Assert.Contains("is full", (await agent.JobAsync(job)).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal([Path.GetFileName(filler!)], LegacyWork.FilesIn(site.Images));
    }

    private TestRepository Repository(LegacySite site, string rate = "unlimited") => new(output, new AgentSettings { More = site.ToToml(rate) });

    private static async Task<AgentProcess> StartAsync(TestRepository repository)
    {
        var agent = await repository.StartAsync();
        await agent.SeeAsync("A.img is ready", () => agent.Api.FindReadyAsync("A.img"));
        return agent;
    }

    private static async Task AssertSumsAsync(string image)
    {
        var expected = await ReferenceDigests.OfAsync(image);
        Assert.Equal((expected.Sum, expected.FullSum), (Sidecars.ReadSum($"{image}.sum"), Sidecars.ReadSum($"{image}.full.sum")));
    }
}
