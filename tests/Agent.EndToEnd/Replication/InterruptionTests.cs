using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Replication;

/// <summary>An import is interrupted in every way, at random moments, and ends whole without having fetched anything verified twice.</summary>
[Collection("swarm")]
public sealed class InterruptionTests(ITestOutputHelper output)
{
    private const int Piece = 4 << 20;
    private const int ImageBytes = 48_000_001;

    /// <summary>What may have to come again after one interruption: the pieces under way on both connections, and heads.</summary>
    private const int LostAtOnce = 3 * Piece;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Whoever_is_killed_it_goes_on(int seed)
    {
        var random = new Random(seed);
        await using var there = Source();
        var source = await there.StartAsync();
        await source.SeeAsync("the image is ready", () => source.Api.FindReadyAsync("aula1/A.img"));
        using var wire = new Wire(source.Api.Url);
        await using var here = new TestRepository(output);
        here.Knows("other", wire.Url, source.Api.Key, "rate_limit = \"24MiB/s\"");
        var target = await here.StartAsync();
        var job = await target.BeginImportAsync("other", "A");

        const int kills = 4;
        for (var kill = 0; kill < kills; kill++)
        {
            await target.SeeDoneAsync(job, random.NextInt64(ImageBytes));
            Assert.False(File.Exists(here["aula1/A.img"]) && await target.StateAsync(job) == "RUNNING" && !File.Exists(here["aula1/A.img.lock"]));
            if (random.Next(2) == 0)
            {
                await target.KillAsync();
                target = await here.StartAsync();
            }
            else
            {
                await source.KillAsync();
                source = await there.StartAsync();
            }
        }
        await target.ResultAsync(job);

        await target.AssertArrivedAsync(there, here, "aula1/A.img");
        Assert.InRange(wire.Carried, ImageBytes, ImageBytes + (long)kills * LostAtOnce);
    }

    [Fact]
    public async Task It_goes_on_when_the_network_was_away()
    {
        var random = new Random(3);
        await using var there = Source();
        var source = await there.StartAsync();
        await source.SeeAsync("the image is ready", () => source.Api.FindReadyAsync("aula1/A.img"));
        using var wire = new Wire(source.Api.Url);
        await using var here = new TestRepository(output);
        here.Knows("other", wire.Url, source.Api.Key, "rate_limit = \"24MiB/s\"");
        await using var target = await here.StartAsync();
        var job = await target.BeginImportAsync("other", "aula1/A.img");

        for (var cut = 0; cut < 3; cut++)
        {
            await target.SeeDoneAsync(job, random.NextInt64(ImageBytes));
            wire.Cut();
            await target.SeeAsync("nothing comes", async () =>
            {
                var before = wire.Carried;
                await Task.Yield();
                return wire.Carried == before;
            });
            wire.Mend();
        }
        await target.ResultAsync(job);

        await target.AssertArrivedAsync(there, here, "aula1/A.img");
        Assert.InRange(wire.Carried, ImageBytes, ImageBytes + 3L * LostAtOnce);
    }

    [Fact]
    public async Task What_was_cancelled_leaves_everything_as_it_was_and_a_later_import_goes_on_with_it()
    {
        await using var there = Source();
        await using var source = await there.StartAsync();
        await source.SeeAsync("the image is ready", () => source.Api.FindReadyAsync("aula1/A.img"));
        await using var here = new TestRepository(output);
        here.Knows("other", source.Api.Url, source.Api.Key, "rate_limit = \"24MiB/s\"");
        here.Write("aula1/A.img", Contents.Random(1_000_000));
        await using var target = await here.StartAsync();
        var before = await target.SeeAsync("the old image is ready", () => target.Api.FindReadyAsync("aula1/A.img"));

        var first = await target.BeginImportAsync("other", "A");
        await target.SeeDoneAsync(first, 2 * Piece);
        Assert.True((await target.Api.FindAsync("aula1/A.img"))!.Locked);
        await target.Api.SendAsync(HttpMethod.Delete, $"ogrepository/v1/jobs/{first}");
        Assert.Equal("CANCELLED", (await target.EndAsync(first)).GetProperty("state").GetString());
        Assert.Equal(before, await target.Api.FindAsync("aula1/A.img"));
        Assert.False(File.Exists(here["aula1/A.img.lock"]));

        var result = await target.ResultAsync(await target.BeginImportAsync("other", "A"));
        Assert.InRange(result.GetProperty("resumed").GetInt64(), 2 * Piece, ImageBytes);
        await target.AssertArrivedAsync(there, here, "aula1/A.img");
        Assert.Equal(before.FullSum, (await File.ReadAllTextAsync(here["aula1/A.img.full.sum.ant"])).Trim());
    }

    [TheoryWithMount]
    [InlineData(32)]
    public async Task A_disk_too_small_fails_before_the_first_byte_and_keeps_no_remains(int megabytes)
    {
        await using var there = Source();
        await using var source = await there.StartAsync();
        await source.SeeAsync("the image is ready", () => source.Api.FindReadyAsync("aula1/A.img"));
        using var wire = new Wire(source.Api.Url);
        await using var disk = await SmallFileSystem.MountAsync(megabytes);
        await using var here = new TestRepository(output, parent: disk.Root);
        here.Knows("other", wire.Url, source.Api.Key);
        await using var target = await here.StartAsync();

        var job = await target.EndAsync(await target.BeginImportAsync("other", "A"));

        Assert.Equal("FAILED", job.GetProperty("state").GetString());
        Assert.Contains("no room", job.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.InRange(wire.Carried, 0, Piece);
        Imports.AssertNoRemains(here, "aula1/A.img");
        Assert.Empty(Directory.GetFileSystemEntries(here.Images));
    }

    [Fact]
    public async Task An_export_survives_the_death_of_both()
    {
        await using var there = new TestRepository(output, new AgentSettings { Listen = new AgentSettings().Tracker });
        var target = await there.StartAsync();
        await using var here = Source();
        here.Knows("other", target.Api.Url, target.Api.Key);
        there.Knows("back", new Uri($"http://{here.Settings.Listen}"), "unknown", "rate_limit = \"24MiB/s\"");
        await target.StopAsync();
        target = await there.StartAsync();
        var source = await here.StartAsync();
        await source.SeeAsync("the image is ready", () => source.Api.FindReadyAsync("aula1/A.img"));
        var (status, text) = await Indexing.ImageJobs.PostAsync(source, "images/export-image", """{"repo":"other","image":"A"}""", prefer: "respond-async");
        Assert.True(status == 202, text);
        using var document = System.Text.Json.JsonDocument.Parse(text);
        var job = document.RootElement.GetProperty("id").GetString()!;

        await source.SeeDoneAsync(job, Piece);
        await source.KillAsync();
        source = await here.StartAsync();
        await source.SeeDoneAsync(job, 3 * Piece);
        await target.KillAsync();
        target = await there.StartAsync();
        await source.ResultAsync(job);

        await target.AssertArrivedAsync(here, there, "aula1/A.img");
    }

    private TestRepository Source()
    {
        var repository = new TestRepository(output, Imports.HttpOnly);
        repository.Write("aula1/A.img", Contents.Random(ImageBytes));
        return repository;
    }
}
