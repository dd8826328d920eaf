using System.Text.RegularExpressions;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Indexing;

/// <summary>What a check tells apart, keeps, and finds by itself; by the real binary.</summary>
public sealed partial class CheckTests(ITestOutputHelper output)
{
    [TheoryWith("truncate", "touch")]
    [InlineData("truncated", "truncate -s 3000000 \"$F\"")]
    [InlineData("grown", "truncate -s 9000000 \"$F\"")]
    [InlineData("replaced", "head -c 5000000 /dev/urandom >\"$F.new\"; mv \"$F.new\" \"$F\"")]
    [InlineData("rewritten", "printf x | dd of=\"$F\" bs=1 seek=4500000 conv=notrunc status=none")]
    public async Task What_somebody_did_is_told_apart_from_rot(string change, string script)
    {
        await using var repository = new TestRepository(output);
        var path = repository.Write("A.img", Contents.Random(5_000_000));
        await IndexAsync(repository);
        // What is touched now is not looked at for a while; what was indexed before needs not settle again.
        repository.Settings = repository.Settings with { Settle = "10m" };
        await using var agent = await repository.StartAsync();
        Assert.Equal("good", await agent.StateAsync("A.img"));
        await ExternalProgram.ShellAsync(script, ("F", path));

        var check = await agent.CheckAsync("A.img");

        Assert.Equal(("KO", "changed", change), (check.Result, check.State, check.Change));
        Assert.Empty(check.BadPieces);
    }

    [FactWith("touch")]
    public async Task Results_survive_a_restart()
    {
        await using var repository = new TestRepository(output);
        var path = repository.Write("A.img", Contents.Random(9_000_000));
        await IndexAsync(repository);
        await Rot.FlipAsync(path, [5_000_000]);
        string before;
        await using (var first = await repository.StartAsync())
        {
            Assert.Equal("damaged", (await first.CheckAsync("A.img")).State);
            before = (await first.ShowAsync("A.img")).ToString();
            await first.StopAsync();
        }

        await using var second = await repository.StartAsync();

        Assert.Equal(before, (await second.ShowAsync("A.img")).ToString());
        Assert.Contains("\"state\":\"damaged\"", before, StringComparison.Ordinal);
        Assert.Contains("\"bad_pieces\":\"1\"", before, StringComparison.Ordinal);
    }

    [FactWith("touch")]
    public async Task Rot_is_found_by_the_schedule_and_each_image_is_read_but_once()
    {
        await using var repository = new TestRepository(output);
        foreach (var name in (string[])["A.img", "B.img", "C.img"])
            repository.Write(name, Contents.Random(9_000_000));
        await IndexAsync(repository);
        await Rot.FlipAsync(repository["B.img"], [8_999_999]);
        // All were read long ago, as far as the agent knows, and one of them just now.
        var records = Path.Combine(repository.State, "images.jsonl");
        var lines = (await File.ReadAllLinesAsync(records)).Select(line => line.Contains("\"C\"") ? line : ReadAt().Replace(line, "$1:1000000000"));
        await File.WriteAllLinesAsync(records, lines);
        repository.Settings = repository.Settings with { More = "[checks]\nevery = \"7d\"\n" };
        await using var agent = await repository.StartAsync();
        var unread = (await agent.ShowAsync("C.img")).GetProperty("last_check").ToString();

        await agent.SeeAsync("the rotten one is found", async () => await agent.StateAsync("B.img") == "damaged");
        await agent.SeeAsync("the other one is read", async () =>
            (await agent.ShowAsync("A.img")).GetProperty("last_check").GetDateTimeOffset() > DateTimeOffset.UtcNow.AddMinutes(-10));

        Assert.Equal("good", await agent.StateAsync("A.img"));
        Assert.Equal(unread, (await agent.ShowAsync("C.img")).GetProperty("last_check").ToString());
        Assert.Equal("2001-09-09T01:46:40+00:00", (await agent.ShowAsync("B.img")).GetProperty("last_good").GetString());
        await agent.SeeAsync("nothing more is due", async () => (await agent.Api.GetAsync("ogrepository/v1/status")).Text.Contains("\"due_images\":0"));
        Assert.Contains("\"damaged\":1", (await agent.Api.GetAsync("ogrepository/v1/status")).Text, StringComparison.Ordinal);
        Assert.Contains("8388608-8999999", agent.Log, StringComparison.Ordinal);
    }

    /// <summary>Has everything indexed and stops, so that nothing but the test touches it.</summary>
    private static async Task IndexAsync(TestRepository repository)
    {
        await using var agent = await repository.StartAsync();
        var images = Directory.GetFiles(repository.Images, "*.img").Length;
        await agent.SeeAsync("all are ready", async () => (await agent.Api.ListAsync()).Everywhere.Count(image => image.InfoHash is not null) == images);
        Assert.Equal(0, await agent.StopAsync());
    }

    [GeneratedRegex("(\"CheckedSeconds\"|\"GoodSeconds\"):\\d+")]
    private static partial Regex ReadAt();
}
