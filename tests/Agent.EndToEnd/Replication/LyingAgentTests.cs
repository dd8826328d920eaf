using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Replication;

/// <summary>Another agent that lies is found out, and costs neither an image nor memory nor endless time.</summary>
[Collection("swarm")]
public sealed class LyingAgentTests(ITestOutputHelper output)
{
    private const int ImageBytes = 12_000_001;
    private const int MostMemory = 250 * 1024;

    [Theory]
    [InlineData(Lie.WrongBytes, "wrong")]
    [InlineData(Lie.OneWrongPiece, "wrong")]
    [InlineData(Lie.ShortBody, "")]
    [InlineData(Lie.WrongLength, "bytes, not")]
    [InlineData(Lie.EndlessImage, "wrong")]
    [InlineData(Lie.EndlessTorrent, "more than")]
    [InlineData(Lie.SlowDrip, "nothing has come")]
    [InlineData(Lie.WrongSum, "thrown away")]
    public async Task A_lie_fails_the_import_and_nothing_has_changed(Lie lie, string reason)
    {
        await using var there = new TestRepository(output, Imports.HttpOnly);
        there.Write("A.img", Contents.Random(ImageBytes));
        await using var source = await there.StartAsync();
        await source.SeeAsync("the image is ready", () => source.Api.FindReadyAsync("A.img"));
        using var liar = new LyingAgent(source.Api.Url, lie);
        await using var here = new TestRepository(output);
        here.Knows("liar", liar.Url, source.Api.Key, patience: "2s");
        here.Write("A.img", Contents.Random(1_000_000));
        await using var target = await here.StartAsync();
        var before = await target.SeeAsync("the old image is ready", () => target.Api.FindReadyAsync("A.img"));

        var job = await target.EndAsync(await target.BeginImportAsync("liar", "A"));

        Assert.Equal("FAILED", job.GetProperty("state").GetString());
        Assert.Contains(reason, job.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(before, await target.Api.FindAsync("A.img"));
        Assert.False(File.Exists(here["A.img.lock"]));
        Assert.False(File.Exists(here["A.img.ant"]));
        Assert.InRange(MemoryOf(target), 1, MostMemory);
    }

    [Theory]
    [InlineData(Lie.EndlessAnswer)]
    [InlineData(Lie.PathOutside)]
    public async Task Nonsense_is_refused_at_once(Lie lie)
    {
        await using var there = new TestRepository(output, Imports.HttpOnly);
        there.Write("A.img", Contents.Random(1000));
        await using var source = await there.StartAsync();
        await source.SeeAsync("the image is ready", () => source.Api.FindReadyAsync("A.img"));
        using var liar = new LyingAgent(source.Api.Url, lie);
        await using var here = new TestRepository(output);
        here.Knows("liar", liar.Url, source.Api.Key);
        await using var target = await here.StartAsync();

        var (status, text) = await Indexing.ImageJobs.PostAsync(target, "images/import-image", """{"repo":"liar","image":"A"}""");

        Assert.True(status == 400 && text.Contains("remote_refused", StringComparison.Ordinal), $"{status}: {text}");
        Assert.Empty(Directory.GetFileSystemEntries(here.Images));
    }

    /// <summary>Resident memory in KiB.</summary>
    private static long MemoryOf(AgentProcess agent) =>
        long.Parse(File.ReadLines($"/proc/{agent.Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
}
