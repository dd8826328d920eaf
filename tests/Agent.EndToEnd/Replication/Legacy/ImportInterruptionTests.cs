using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Replication.Legacy;

/// <summary>Imports from a legacy server that something comes in the way of.</summary>
public sealed class ImportInterruptionTests(ITestOutputHelper output)
{
    private const int Length = 12 * 1024 * 1024;

    [FactWith(LegacySite.Sshd, LegacySite.Ssh)]
    public async Task It_goes_on_where_it_was_when_sshd_was_killed()
    {
        await using var site = await LegacySite.StartAsync();
        await using var repository = Repository(site);
        var content = Contents.Random(Length);
        await site.WriteSummedAsync("A.img", content);
        await using var agent = await repository.StartAsync();

        var job = await agent.BeginAsync("import", new { repo = "old", image = "A" });
        await agent.SeeHalfwayAsync(job);
        await site.KillAsync();
        await agent.SeeAsync("the loss is told", async () => (await agent.JobLogAsync(job)).Contains("It is tried again", StringComparison.Ordinal));
        Assert.False(File.Exists(repository["A.img"]));
        Assert.True(File.Exists(repository["A.img.lock"]));
        await site.StartSshdAsync();

        await agent.AssertFinishedAsync(job);
        await AssertWholeAsync(repository, content);
        // Every byte came once: the answer counts them from the first connection on.
        Assert.Equal(Length, (await agent.JobAsync(job)).GetProperty("result").GetProperty("fetched").GetInt64());
    }

    [FactWith(LegacySite.Sshd, LegacySite.Ssh)]
    public async Task It_goes_on_where_it_was_when_the_agent_was_killed()
    {
        await using var site = await LegacySite.StartAsync();
        await using var repository = Repository(site);
        var content = Contents.Random(Length);
        await site.WriteSummedAsync("A.img", content);
        await using var first = await repository.StartAsync();
        var job = await first.BeginAsync("import", new { repo = "old", image = "A" });
        await first.SeeHalfwayAsync(job);

        await first.KillAsync();
        Assert.False(File.Exists(repository["A.img"]));
        await using var second = await repository.StartAsync();

        await second.AssertFinishedAsync(job);
        await AssertWholeAsync(repository, content);
        Assert.Contains($" of {Length} bytes are here already", await second.JobLogAsync(job), StringComparison.Ordinal);
        Assert.InRange((await second.JobAsync(job)).GetProperty("result").GetProperty("fetched").GetInt64(), 1, Length - 512 * 1024);
    }

    [FactWith(LegacySite.Sshd, LegacySite.Ssh)]
    public async Task What_was_cancelled_leaves_the_old_image_as_it_was_and_no_process()
    {
        await using var site = await LegacySite.StartAsync();
        await using var repository = Repository(site);
        var older = Contents.Random(100_000);
        repository.Write("A.img", older);
        await site.WriteSummedAsync("A.img", Contents.Random(Length));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("A.img is ready", () => agent.Api.FindReadyAsync("A.img"));
        var job = await agent.BeginAsync("import", new { repo = "old", image = "A" });
        await agent.SeeHalfwayAsync(job);
        Assert.NotEmpty(await ChildrenAsync(agent));

        await agent.Api.SendAsync(HttpMethod.Delete, $"ogrepository/v1/jobs/{job}");

        Assert.Equal("CANCELLED", await agent.EndAsync(job));
        await agent.SeeAsync("no ssh runs any more", async () => (await ChildrenAsync(agent)).Length == 0);
        Assert.Equal(older, await File.ReadAllBytesAsync(repository["A.img"]));
        Assert.False(File.Exists(repository["A.img.lock"]));
        Assert.False(File.Exists(repository["A.img.ant"]));
        await agent.SeeAsync("it is listed as before", async () => await agent.Api.FindReadyAsync("A.img") is { Locked: false, Size: 100_000 });
    }

    [FactWith(LegacySite.Sshd, LegacySite.Ssh)]
    public async Task An_image_that_changes_while_it_is_fetched_is_fetched_anew()
    {
        await using var site = await LegacySite.StartAsync();
        await using var repository = Repository(site);
        await site.WriteSummedAsync("A.img", Contents.Random(Length));
        await using var agent = await repository.StartAsync();
        var job = await agent.BeginAsync("import", new { repo = "old", image = "A" });
        await agent.SeeHalfwayAsync(job);

        // As OpenGnsys' clients write an image: over the old one, sums afterwards.
        var newer = Contents.Random(Length / 8);
        await site.WriteSummedAsync("A.img", newer);

        await agent.AssertFinishedAsync(job);
        await AssertWholeAsync(repository, newer);
        Assert.Contains("changed there while it was fetched", await agent.JobLogAsync(job), StringComparison.Ordinal);
    }

    private TestRepository Repository(LegacySite site) => new(output, new AgentSettings { More = site.ToToml(rate: "4MiB/s") });

    private static async Task AssertWholeAsync(TestRepository repository, byte[] content)
    {
        Assert.Equal(content, await File.ReadAllBytesAsync(repository["A.img"]));
        Assert.Equal(["A.img", "A.img.full.sum", "A.img.sum", "A.img.torrent"], LegacyWork.FilesIn(repository.Images));
        await Sidecars.AssertTrueAsync(repository["A.img"]);
    }

    private static async Task<string[]> ChildrenAsync(AgentProcess agent) =>
        (await ExternalProgram.TryAsync("ps", ["-o", "args=", "--ppid", $"{agent.Id}"])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
