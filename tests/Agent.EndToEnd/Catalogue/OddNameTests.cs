using System.Text.Json;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Catalogue;

/// <summary>Every name that a POSIX file name may have goes through every door: catalogue, API, torrents, ranges, command line.</summary>
public sealed class OddNameTests(ITestOutputHelper output)
{
    private static readonly string[] Paths =
    [
        "with two  spaces.img",
        " leading and trailing .img",
        "quotes ' and \" and `.img",
        "new\nline.img",
        "tab\tand\u0001control.img",
        "colon:and;semicolon.img",
        "Ünïcode 漢字 😀.img",
        "-rf.img",
        "--help.dsk",
        "100% #hash ?question &and +plus.img",
        "$(touch pwned) $HOME *.img",
        "<b>&amp;[markup]</b>.img",
        "two.dots.img",
        "UPPER.img",
        "upper.img",
        "aula ñ: 1/Exam \"A\".img",
        "-ou/-image.img",
    ];

    [FactWith("jq", "ctorrent", "curl")]
    public async Task Odd_names_go_through_catalogue_API_torrents_and_ranges()
    {
        await using var repository = new TestRepository(output);
        var contents = Paths.ToDictionary(path => path, _ => Contents.Random(2000));
        foreach (var (path, content) in contents.Take(Paths.Length / 2))
            repository.Write(path, content);
        await using var agent = await repository.StartAsync();
        foreach (var (path, content) in contents.Skip(Paths.Length / 2))
            repository.Write(path, content);

        foreach (var (path, content) in contents)
        {
            var image = await agent.SeeAsync($"{path} is ready", () => agent.Api.FindReadyAsync(path));
            Assert.Equal((await ReferenceDigests.OfAsync(repository[path])).FullSum, image.FullSum);
            Assert.Equal(image.FullSum, Sidecars.ReadSum(repository[$"{path}.full.sum"]));

            var one = await agent.Api.GetAsync(AgentApi.PathOf("ogrepository/v1/images", path));
            Assert.Equal((200, image.InfoHash), (one.Status, JsonDocument.Parse(one.Body).RootElement.GetProperty("infohash").GetString()));

            var torrent = Torrent.Parse((await agent.Api.GetAsync(AgentApi.PathOf("torrents", path) + ".torrent")).Body);
            Assert.Equal((Path.GetFileName(path), image.InfoHash), (torrent.Name, torrent.InfoHash));

            var bytes = await Curl.AskAsync(agent.Api.UrlOf(AgentApi.PathOf("images", path)));
            Assert.Equal(content, bytes.Body);
        }
        var names = JsonSerializer.Deserialize<string[]>(
            (await ExternalProgram.RunAsync("jq", "-c", "[.images[], .ous[].images[]] | map(.name + \".\" + .type)", repository.Repoinfo)).Bytes)!;
        Assert.Equal(Paths.Select(Path.GetFileName).Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
        Assert.Equal(Paths.Length, (await agent.Api.ListAsync()).Everywhere.Count());
    }

    [FactWith("ctorrent")]
    public async Task Torrents_of_odd_names_are_those_that_ctorrent_makes()
    {
        await using var repository = new TestRepository(output);
        foreach (var path in Paths)
            repository.Write(path, Contents.Random(3000));
        await using var agent = await repository.StartAsync();

        foreach (var path in Paths)
        {
            await agent.SeeAsync($"{path} is ready", () => agent.Api.FindReadyAsync(path));
            await Sidecars.AssertTrueAsync(repository[path]);
        }
    }

    [Fact]
    public async Task Command_line_shows_odd_names_and_no_control_character_reaches_the_terminal()
    {
        await using var repository = new TestRepository(output);
        foreach (var path in Paths)
            repository.Write(path, Contents.Random(100));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("all are listed", async () => (await agent.Api.StatusAsync()).Images == Paths.Length);

        var table = await AgentCommand.AskAsync(agent, "images");
        Assert.Equal(0, table.ExitCode);
        Assert.DoesNotContain(table.Output, character => char.IsControl(character) && character != '\n');
        foreach (var path in Paths.Where(path => !path.Any(char.IsControl)))
            Assert.Contains(path.Trim(), table.Output);
        Assert.Contains("new\\x0aline.img", table.Output);
        Assert.Contains("tab\\x09and\\x01control.img", table.Output);

        var json = JsonDocument.Parse((await AgentCommand.AskAsync(agent, "images", "--json")).Bytes).RootElement;
        var listed = json.GetProperty("images").EnumerateArray()
            .Concat(json.GetProperty("ous").EnumerateArray().SelectMany(ou => ou.GetProperty("images").EnumerateArray()));
        Assert.Equal(Paths.Order(StringComparer.Ordinal), listed.Select(image => image.GetProperty("path").GetString()!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Name_with_a_backslash_has_sums_but_no_torrent()
    {
        await using var repository = new TestRepository(output);
        repository.Write("back\\slash.img", Contents.Random(100));
        await using var agent = await repository.StartAsync();

        await agent.SeeAsync("it has digests", async () => await agent.Api.FindAsync("back\\slash.img") is { FullSum: not null, InfoHash: null });
        Assert.True(File.Exists(repository["back\\slash.img.sum"]));
        Assert.False(File.Exists(repository["back\\slash.img.torrent"]));
        Assert.Contains("a name that no torrent may carry", agent.Log);
    }

    [Fact]
    public async Task Name_that_is_not_UTF8_is_left_out_and_told_once()
    {
        await using var repository = new TestRepository(output);
        await ExternalProgram.ShellAsync("""cd "$DIR"; echo x >$'latin\xe9.img'; mkdir $'ou\xe9'; echo x >$'ou\xe9/A.img'; echo x >B.img""", ("DIR", repository.Images));
        await using var agent = await repository.StartAsync();

        await agent.SeeAsync("the other one is ready", () => agent.Api.FindReadyAsync("B.img"));
        Assert.Equal(["B.img"], (await agent.Api.ListAsync(all: true)).Everywhere.Select(image => image.Path));
        Assert.Equal(200, (await agent.Api.SendAsync(HttpMethod.Put, "ogrepository/v1/images")).Status);
        Assert.Equal(2, agent.Log.Split("not valid UTF-8").Length - 1);
        await ExternalProgram.ShellAsync("""cd "$DIR"; test "$(cat $'latin\xe9.img')" = x; rm -r $'latin\xe9.img' $'ou\xe9'""", ("DIR", repository.Images));
    }

    [FactWith("ctorrent")]
    public async Task Longest_names_work()
    {
        // 255 bytes is the limit of the file system: this one leaves just room for its longest sidecar.
        var name = new string('n', 255 - ".img.full.sum".Length) + ".img";
        await using var repository = new TestRepository(output);
        repository.Write(name, Contents.Random(100));
        repository.Write(new string('m', 255 - ".img".Length) + ".img", Contents.Random(100));
        await using var agent = await repository.StartAsync();

        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync(name));
        await Sidecars.AssertTrueAsync(repository[name]);
        await agent.SeeAsync("the one without room for sidecars is listed all the same", async () => (await agent.Api.StatusAsync()).Images == 2);
    }
}
