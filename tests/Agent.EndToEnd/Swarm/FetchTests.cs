using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Swarm;

/// <summary>The command <c>fetch</c>, against a running agent.</summary>
[Collection("swarm")]
public sealed class FetchTests(ITestOutputHelper output)
{
    private const int Done = 0, No = 1, Usage = 2;
    private const int Piece = 4 * 1024 * 1024;
    private const int ImageBytes = 24_000_001;

    [Theory]
    [InlineData("file")]
    [InlineData("url")]
    [InlineData("magnet")]
    public async Task A_torrent_its_URL_and_its_magnet_link_all_give_the_image(string kind)
    {
        await using var repository = new TestRepository(output);
        repository.Write("aula1/linux.img", Contents.Random(ImageBytes));
        await using var agent = await repository.StartAsync();
        var source = await SourceAsync(repository, agent, "aula1/linux.img", kind);
        Directory.CreateDirectory(repository.Beside("out"));

        var result = await AgentCommand.RunAsync("fetch", source, "-o", repository.Beside("out"), "--listen", "127.0.0.1:0");

        Assert.True(result.ExitCode == Done, result.Errors);
        Assert.Contains($"{repository.Beside("out/linux.img")}: 22.9 MiB, ", result.Output, StringComparison.Ordinal);
        Assert.Equal(await ReferenceDigests.OfAsync(repository["aula1/linux.img"]), await ReferenceDigests.OfAsync(repository.Beside("out/linux.img")));
        Assert.Equal(["linux.img"], Directory.GetFiles(repository.Beside("out")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task After_kill_9_it_goes_on_and_the_seeder_sends_nothing_twice()
    {
        await using var repository = new TestRepository(output, new AgentSettings { SeederRateLimit = "8MiB/s" });
        repository.Write("linux.img", Contents.Random(2 * ImageBytes));
        await using var agent = await repository.StartAsync();
        var source = await SourceAsync(repository, agent, "linux.img", "file");
        var partial = repository.Beside("linux.img.part");
        string[] arguments = ["fetch", source, "-o", Path.GetDirectoryName(partial)!, "--listen", "127.0.0.1:0"];

        await using (var first = new AgentProcess(repository.KeyFile, arguments))
        {
            await agent.SeeAsync("some pieces are on the disk", async () =>
                File.Exists(partial) && long.Parse((await ExternalProgram.RunAsync("stat", "-c", "%b", partial)).Output) * 512 >= 3 * Piece);
            await first.KillAsync();
        }
        var result = await AgentCommand.RunAsync(arguments);

        Assert.True(result.ExitCode == Done, result.Errors);
        Assert.Equal(await ReferenceDigests.OfAsync(repository["linux.img"]), await ReferenceDigests.OfAsync(repository.Beside("linux.img")));
        Assert.Equal(["linux.img", "linux.img.torrent"], Directory.GetFiles(Path.GetDirectoryName(partial)!, "linux.img*").Select(Path.GetFileName).Order());
        // Twice came only what was on its way when it was killed: pieces in part, and what the sockets held.
        var uploaded = (await agent.Api.StatusAsync()).Seeder!.UploadedBytes;
        output.WriteLine($"the seeder sent {uploaded} for {2 * ImageBytes}");
        Assert.InRange(uploaded, 2 * ImageBytes, 2 * ImageBytes + 6 * Piece);
    }

    [Fact]
    public async Task Repair_makes_a_damaged_copy_right_by_its_bad_pieces()
    {
        await using var repository = new TestRepository(output);
        var content = Contents.Random(ImageBytes);
        repository.Write("linux.img", content);
        await using var agent = await repository.StartAsync();
        var source = await SourceAsync(repository, agent, "linux.img", "file");
        var damaged = (byte[])content.Clone();
        damaged[0] ^= 1;
        damaged[3 * Piece] ^= 1;
        damaged[^1] ^= 1;
        await File.WriteAllBytesAsync(repository.Beside("linux.img"), damaged);

        var refused = await AgentCommand.RunAsync("fetch", source, "-o", Path.GetDirectoryName(repository.Beside("linux.img"))!);
        var result = await AgentCommand.RunAsync("fetch", source, "-o", Path.GetDirectoryName(repository.Beside("linux.img"))!, "--repair");

        Assert.Equal((No, $"{repository.Beside("linux.img")} exists\n"), (refused.ExitCode, refused.Errors));
        Assert.True(result.ExitCode == Done, result.Errors);
        Assert.Equal(content, await File.ReadAllBytesAsync(repository.Beside("linux.img")));
        // Both sides dial, and what was on its way over the link that gives way comes again.
        Assert.InRange((await agent.Api.StatusAsync()).Seeder!.UploadedBytes, 2 * Piece + ImageBytes % Piece, 5 * Piece);
    }

    [Theory]
    [InlineData("magnet:?dn=a", "the magnet link names no torrent of version 1")]
    [InlineData("/nowhere/a.torrent", "/nowhere/a.torrent")]
    public async Task What_is_no_torrent_is_refused(string source, string reason)
    {
        var result = await AgentCommand.RunAsync("fetch", source);

        Assert.InRange(result.ExitCode, No, Usage);
        Assert.Contains(reason, result.Errors, StringComparison.Ordinal);
    }

    private static async Task<string> SourceAsync(TestRepository repository, AgentProcess agent, string image, string kind)
    {
        var ready = await agent.SeeAsync("the image is ready", () => agent.Api.FindReadyAsync(image));
        var path = AgentApi.PathOf("torrents", image + ".torrent");
        if (kind == "url")
            return agent.Api.UrlOf(path);
        if (kind == "magnet")
            return $"magnet:?xt=urn:btih:{ready.InfoHash}&tr={Uri.EscapeDataString($"http://{repository.Settings.Tracker}/announce")}";
        var file = repository.Beside(Path.GetFileName(image) + ".torrent");
        await File.WriteAllBytesAsync(file, (await agent.Api.GetAsync(path)).Body);
        return file;
    }
}
