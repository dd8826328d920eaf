using System.Diagnostics;
using System.Text;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Indexing;

/// <summary>Who is read first, how fast, and what is not read at all; by the real binary.</summary>
public sealed class PriorityTests(ITestOutputHelper output)
{
    private const string PieceOfZeros = "2bccbd2f38f15c13eb7d5a89fd9d85f595e23bc3";

    [FactWith("truncate")]
    public async Task A_requested_image_does_not_wait_for_the_large_one_that_is_being_read()
    {
        await using var repository = new TestRepository(output, parent: TemporaryDirectory.Memory);
        await ExternalProgram.RunAsync("truncate", "-s", "2T", repository["Large.img"]);
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is being read", async () => (await agent.Api.GetAsync("ogrepository/v1/status")).Text.Contains("\"image\":\"Large.img\""));
        repository.Write("Wanted.img", Contents.Random(20_000_000));
        await agent.SeeAsync("the other is listed", async () => await agent.Api.FindAsync("Wanted.img") is not null);

        var created = await ImageJobs.PostAsync(agent, "images/create-torrent", """{"image":"Wanted.img"}""");
        var check = await agent.CheckAsync("Wanted.img");

        Assert.Equal((200, "OK"), (created.Status, check.Result));
        Assert.True(File.Exists(repository["Wanted.img.torrent"]));
        var status = (await agent.Api.GetAsync("ogrepository/v1/status")).Text;
        Assert.Contains("\"running\":[{\"image\":\"Large.img\",\"requested\":false,", status, StringComparison.Ordinal);
        await agent.SeeAsync("it tells a rate and when all will be done", async () =>
            (await agent.Api.GetAsync("ogrepository/v1/status")).Text is var text && text.Contains("\"remaining_seconds\":") && !text.Contains("\"bytes_per_second\":0,"));
        Assert.Equal(0, await agent.StopAsync());
    }

    [Fact]
    public async Task Nothing_is_read_faster_than_the_limit()
    {
        await using var repository = new TestRepository(output, new AgentSettings { More = "[indexing]\nrate_limit = \"8MiB/s\"\n" });
        for (var i = 0; i < 4; i++)
            repository.Write($"{i}.img", Contents.Random(8 << 20));
        var clock = Stopwatch.StartNew();
        await using var agent = await repository.StartAsync();

        await agent.SeeAsync("all are ready", async () => (await agent.Api.StatusAsync()).Indexed == 4);

        // 32 MiB, of which what is read at once at the beginning is free.
        Assert.True(clock.Elapsed > TimeSpan.FromSeconds(2.5), $"it took {clock.Elapsed.TotalSeconds:F1} s");
    }

    [FactWith("truncate")]
    public async Task An_existing_repository_is_taken_over_unread_when_told_so()
    {
        const long length = 64L << 30;
        await using var repository = new TestRepository(
            output, new AgentSettings { More = "[indexing]\ntrust_existing = true\n" }, TemporaryDirectory.Memory);
        await ExternalProgram.RunAsync("truncate", "-s", "64G", repository["Old.img"]);
        repository.Write("Old.img.sum", "b6d81b360a5672d80c27430f39153e2c\n");
        repository.Write("Old.img.full.sum", "0123456789abcdef0123456789abcdef\n"); // nobody is going to read it all in this test
        repository.Write("Old.img.torrent", TorrentOfZeros("Old.img", length));
        await using var agent = await repository.StartAsync();

        var image = await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("Old.img"));

        Assert.Equal(("0123456789abcdef0123456789abcdef", null), (image.FullSum, image.Sha256));
        Assert.Equal("trusted", await agent.StateAsync("Old.img"));
        Assert.Equal($"http://{repository.Settings.Tracker}/announce", Torrent.Read(repository["Old.img.torrent"]).Announce);
        Assert.Equal(1, (await agent.Api.StatusAsync()).Tracker!.Torrents);
        await agent.SeeAsync("it is being verified", async () => (await agent.Api.GetAsync("ogrepository/v1/status")).Text.Contains("\"checks\":{\"running\":{\"image\":\"Old.img\""));
        Assert.Equal(0, await agent.StopAsync());
    }

    [FactWith("ctorrent", "md5sum")]
    public async Task What_OpenGnsys_left_is_verified_in_the_background()
    {
        await using var repository = new TestRepository(output, new AgentSettings { More = "[indexing]\ntrust_existing = true\n" });
        var path = repository.Write("Old.img", Contents.Random(20_000_000));
        await ExternalProgram.ShellAsync(
            """
            tail -c 1048576 "$F" | md5sum | cut -c 1-32 >"$F.sum"; md5sum <"$F" | cut -c 1-32 >"$F.full.sum"
            ctorrent -t "$F" -u http://192.168.1.5:6969/announce -s "$F.torrent" -c "$(cat "$F.full.sum")" -l 4194304
            """,
            ("F", path));
        await using var agent = await repository.StartAsync();

        await agent.SeeLoggedAsync("Old.img was taken over with its sums and its torrent");
        await agent.SeeAsync("it is verified", async () => await agent.StateAsync("Old.img") == "good");
        Assert.Equal((await ReferenceDigests.OfAsync(path)).Sha256, (await agent.Api.FindAsync("Old.img"))!.Sha256);
        await Sidecars.AssertTrueAsync(path);
    }

    private static byte[] TorrentOfZeros(string name, long length)
    {
        var pieces = Enumerable.Repeat(Convert.FromHexString(PieceOfZeros), (int)(length >> 22)).SelectMany(hash => hash).ToArray();
        const string announce = "http://192.168.1.5:6969/announce";
        var head = $"d8:announce{announce.Length}:{announce}4:infod6:lengthi{length}e4:name{name.Length}:{name}12:piece lengthi4194304e6:pieces{pieces.Length}:";
        return [.. Encoding.ASCII.GetBytes(head), .. pieces, .. "ee"u8];
    }
}
