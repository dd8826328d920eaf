using System.Net;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Indexing;

/// <summary>Rot that is found, named, and repaired from another repository; by the real binary.</summary>
public sealed class RepairTests(ITestOutputHelper output)
{
    private const string Image = "aula1/Windows 10.img";
    private const int Length = 61_000_003;

    [FactWith("ctorrent", "touch")]
    public async Task Flipped_bits_are_found_named_and_repaired_from_another_agent()
    {
        await using var other = new TestRepository(output);
        await using var mine = new TestRepository(output);
        var (theirs, path) = Copies(other, mine);
        await using var source = await other.StartAsync();
        await using var agent = await mine.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync(Image));
        await source.SeeAsync("the other is ready", () => source.Api.FindReadyAsync(Image));
        Assert.Equal(("OK", "good"), await ResultAsync(agent));
        var before = await agent.ShowAsync(Image);
        var places = await Rot.FlipAsync(path, bits: 5);

        var check = await agent.CheckAsync(Image);

        Assert.Equal(("KO", "damaged", null), (check.Result, check.State, check.Change));
        Assert.Equal(Rot.PiecesOf(places), check.BadPieces.Select(piece => piece.Index));
        Assert.All(check.BadPieces, piece => Assert.Contains(places, place => place >= piece.First && place <= piece.Last));
        Assert.InRange(check.LastGood!.Value, DateTimeOffset.UtcNow.AddMinutes(-10), DateTimeOffset.UtcNow);
        Assert.Equal("damaged", await agent.StateAsync(Image));

        var repair = await agent.RepairAsync(Image, source.Api.UrlOf(AgentApi.PathOf("images", Image)));

        Assert.Equal("OK", repair.Result);
        Assert.Equal(Rot.PiecesOf(places), repair.Repaired.Select(piece => piece.Index));
        Assert.All(repair.Repaired, piece => Assert.StartsWith("http://127.0.0.1:", piece.Source, StringComparison.Ordinal));
        await ExternalProgram.RunAsync("cmp", theirs, path);
        var after = await agent.ShowAsync(Image);
        foreach (var property in (string[])["fullsum", "sha256", "infohash", "modified", "locked"])
            Assert.Equal(before.GetProperty(property).ToString(), after.GetProperty(property).ToString());
        Assert.Equal(("OK", "good"), await ResultAsync(agent, full: true));
        await Sidecars.AssertTrueAsync(path);
    }

    [FactWith("touch", "stat")]
    public async Task Configured_repositories_are_asked_and_what_they_lack_is_told_by_its_bytes()
    {
        await using var other = new TestRepository(output);
        await using var mine = new TestRepository(output);
        var (theirs, path) = Copies(other, mine);
        await using var source = await other.StartAsync();
        mine.Settings = mine.Settings with { More = $"[[remote]]\nname = \"other\"\nurl = \"{source.Api.UrlOf("").TrimEnd('/')}\"\n" };
        await using var agent = await mine.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync(Image));
        var modified = await ModifiedAsync(path);
        // The other one rots too, in one of the two pieces.
        await Rot.FlipAsync(path, [5_000_000, 30_000_000]);
        await Rot.FlipAsync(theirs, [5_500_000]);

        var repair = await agent.RepairAsync(Image);

        Assert.Equal("KO", repair.Result);
        Assert.Equal((29_360_128, 33_554_431), Assert.Single(repair.Repaired.Select(piece => (piece.First, piece.Last))));
        Assert.Equal((4_194_304, 8_388_607), Assert.Single(repair.BadPieces.Select(piece => (piece.First, piece.Last))));
        Assert.NotEmpty(repair.Problems);
        Assert.Equal(modified, await ModifiedAsync(path));
        Assert.Equal(("damaged", "1"), ((await agent.ShowAsync(Image)).GetProperty("state").GetString(), (await agent.ShowAsync(Image)).GetProperty("bad_pieces").GetString()));
    }

    [FactWith("touch", "cmp")]
    public async Task A_backup_and_a_trashed_copy_on_the_same_server_are_enough()
    {
        await using var mine = new TestRepository(output);
        var content = Contents.Random(9_000_000);
        var path = mine.Write("A.img", content);
        await using var agent = await mine.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));
        var deleted = await agent.Api.SendAsync(HttpMethod.Delete, "ogrepository/v1/images/A.img");
        Assert.Equal(200, deleted.Status);
        mine.Write("A.img", content);
        await agent.SeeAsync("it is ready again", () => agent.Api.FindReadyAsync("A.img"));
        await Rot.FlipAsync(path, [100, 8_500_000]);

        var repair = await agent.RepairAsync("A.img");

        Assert.Equal("OK", repair.Result);
        Assert.All(repair.Repaired, piece => Assert.Contains("trash", piece.Source, StringComparison.Ordinal));
        Assert.Equal(content, await File.ReadAllBytesAsync(path));
    }

    [TheoryWith("touch", "aria2c", "ctorrent")]
    [InlineData("aria2", 81)]
    [InlineData("ctorrent", 82)]
    [InlineData("libtorrent", 83)]
    public async Task A_computer_of_the_classroom_that_still_shares_the_image_is_enough(string client, int address)
    {
        await using var mine = new TestRepository(output);
        var content = Contents.Random(30_000_000);
        var path = mine.Write("A.img", content);
        await using var agent = await mine.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));
        var request = new DownloadRequest(path + ".torrent", "A.img", mine.Beside(client), IPAddress.Parse($"127.0.0.{address}"));
        await using var download = TorrentClient.Named(client).Start(request);
        await download.CompleteAsync(CancellationToken.None);
        await Rot.FlipAsync(path, [100, 29_999_999]);

        var repair = await agent.RepairAsync("A.img");

        Assert.Equal("OK", repair.Result);
        Assert.Equal([0, 7], repair.Repaired.Select(piece => piece.Index));
        Assert.All(repair.Repaired, piece => Assert.StartsWith($"the peer 127.0.0.{address}:", piece.Source, StringComparison.Ordinal));
        Assert.Equal(content, await File.ReadAllBytesAsync(path));
        Assert.Equal(("OK", "good"), await ResultAsync(agent, "A.img", full: true));
    }

    [FactWith("touch", "stat")]
    public async Task An_agent_that_is_killed_in_the_middle_leaves_the_image_no_worse_and_goes_on_after_its_start()
    {
        await using var mine = new TestRepository(output);
        var content = Contents.Random(30_000_000);
        var path = mine.Write("A.img", content);
        using var server = new RangeServer(content);
        string modified;
        await using (var agent = await mine.StartAsync())
        {
            await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));
            modified = await ModifiedAsync(path);
            await Rot.FlipAsync(path, [100, 9_000_000, 29_999_999]);
            server.HangAfter(1);
            var asked = await ImageJobs.PostAsync(agent, "images/repair", $$"""{"image":"A.img","source":"{{server.Url}}"}""", prefer: "respond-async");
            Assert.Equal(202, asked.Status);
            await server.Hanging.WaitAsync(TimeSpan.FromMinutes(1));
            Assert.True(File.Exists(path + ".lock"));
            await agent.KillAsync();
        }

        Assert.Equal(content.AsSpan(0, 4 << 20).ToArray(), (await File.ReadAllBytesAsync(path))[..(4 << 20)]);
        server.HangAfter(int.MaxValue);
        await using var again = await mine.StartAsync();

        await again.SeeAsync("it is good", async () => await again.StateAsync("A.img") == "good");
        Assert.Equal(content, await File.ReadAllBytesAsync(path));
        Assert.Equal(modified, await ModifiedAsync(path));
        await again.SeeAsync("the lock is gone", () => Task.FromResult(!File.Exists(path + ".lock")));
        Assert.Equal(("OK", "good"), await ResultAsync(again, "A.img", full: true));
    }

    [FactWith("mount", "mke2fs", "filefrag", "dd", "cmp")]
    public async Task What_the_disk_cannot_read_any_more_is_named_and_written_anew()
    {
        const int whole = 9_000 * FailingDisk.Block;
        const string image = "aula1/A.img";
        await using var other = new TestRepository(output);
        await using var mine = new TestRepository(output);
        // Only the unit's images are on it: what the agent writes elsewhere must not give the device its end back.
        await using var disk = await FailingDisk.MountAsync(100, at: mine["aula1"]);
        var content = Contents.Random(whole);
        var (theirs, path) = (other.Write(image, content), mine.Write(image, content));
        await using var source = await other.StartAsync();
        await using var agent = await mine.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync(image));
        await source.SeeAsync("the other is ready", () => source.Api.FindReadyAsync(image));
        var lost = Rot.PiecesOf(await disk.LoseAsync(path, 20_000_000)).ToList();
        Assert.Contains("Input/output error", (await ExternalProgram.TryAsync("cmp", [theirs, path])).Errors, StringComparison.Ordinal);

        // Whoever fetches it meanwhile gets the end of the connection, and the agent lives on.
        await Assert.ThrowsAnyAsync<Exception>(() => agent.Api.GetAsync("images/aula1/A.img"));
        Assert.Equal(200, (await agent.Api.GetAsync("healthz")).Status);

        var check = await agent.CheckAsync(image);

        Assert.Equal(("KO", "damaged"), (check.Result, check.State));
        Assert.Equal(lost, check.BadPieces.Select(piece => piece.Index));
        var repair = await agent.RepairAsync(image, source.Api.UrlOf($"images/{image}"));

        Assert.Equal("OK", repair.Result);
        Assert.Equal(lost, repair.Repaired.Select(piece => piece.Index));
        await ExternalProgram.RunAsync("cmp", theirs, path);
        Assert.Equal(("OK", "good"), await ResultAsync(agent, image, full: true));
    }

    private static (string Theirs, string Mine) Copies(TestRepository other, TestRepository mine)
    {
        var content = Contents.Random(Length);
        return (other.Write(Image, content), mine.Write(Image, content));
    }

    private static Task<(string Result, string State)> ResultAsync(AgentProcess agent, bool full = false) => ResultAsync(agent, Image, full);

    private static async Task<(string Result, string State)> ResultAsync(AgentProcess agent, string image, bool full)
    {
        var check = await agent.CheckAsync(image, full);
        return (check.Result, check.State);
    }

    /// <summary>To the nanosecond.</summary>
    private static async Task<string> ModifiedAsync(string path) => (await ExternalProgram.RunAsync("stat", "-c", "%y %i %s", path)).Output;
}
