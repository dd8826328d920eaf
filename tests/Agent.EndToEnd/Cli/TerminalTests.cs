using System.Text.Json;
using System.Text.RegularExpressions;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;
using static Agent.EndToEnd.Cli.CliExit;

namespace Agent.EndToEnd.Cli;

/// <summary>What commands print on a terminal, which <c>script</c> gives them.</summary>
public sealed partial class TerminalTests(ITestOutputHelper output)
{
    [TheoryWith("script")]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(100)]
    public async Task Tables_fit_the_width(int columns)
    {
        await using var repository = new TestRepository(output);
        repository.Write("Windows 10 of the second room.img", Contents.Random(2000));
        repository.Write("Windows 10 of the second room.img.info", "PARTCLONE:LZOP:NTFS:5642158:aula1-pc3\n");
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("Windows 10 of the second room.img"));
        // Until then the screen tells why not, which the row of problems repeats at length.
        await agent.SeeAsync("it is published", async () => !(await agent.Api.GetAsync("ogrepository/v1/status")).Text.Contains("nothing is published"));
        await AgentCommand.AskAsync(agent, "check", "Windows 10 of the second room.img");

        foreach (var command in (string[])["images", "jobs", "status", "images show 'Windows 10 of the second room'"])
        {
            var told = await OnTerminalAsync(agent, columns, command);
            Assert.True(told.ExitCode == Done, told.Output);
            var lines = Plain(told.Output);
            // A row that is not wrapped into columns leaves the wrapping to the terminal, which cuts nothing.
            Assert.All(lines.Where(line => !line.Contains(": ")), line => Assert.True(line.Length <= columns, $"{line.Length} > {columns}: {line}"));
            Assert.DoesNotContain(lines, line => line.Contains('…'));
        }
    }

    [TheoryWith("script")]
    [InlineData(40)]
    [InlineData(80)]
    public async Task No_command_prints_a_line_that_is_longer_than_the_terminal(int columns)
    {
        var hostile = $"漢字漢字漢字漢字漢字漢字 e\u0301te\u0301 😀😀😀 {new string('n', 120)} \u001b[31m.img";
        await using var repository = new TestRepository(output);
        repository.Write(hostile, Contents.Random(2000));
        repository.Write($"{hostile}.ant", Contents.Random(2000));
        repository.Write($"aula1/{hostile}.info", "PARTCLONE:LZOP:NTFS:5642158:a-computer-with-a-long-name\n");
        repository.Write($"aula1/{hostile}", Contents.Random(2000));
        repository.Write("Old.img", Contents.Random(2000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("all are ready", async () => (await agent.Api.StatusAsync()).Indexed == 3);
        await AgentCommand.AskAsync(agent, "images", "delete", "Old.img");
        await AgentCommand.AskAsync(agent, "images", "global", hostile);
        var sent = await AgentCommand.AskAsync(agent, "send", "p2p", hostile, "--json");
        var transmission = JsonDocument.Parse(sent.Bytes).RootElement.GetProperty("id").GetString()!;
        await AgentCommand.AskAsync(agent, "check", hostile, "--full");
        var job = JsonDocument.Parse((await AgentCommand.AskAsync(agent, "jobs", "--json")).Bytes).RootElement.GetProperty("jobs")[0].GetProperty("id").GetString()!;

        foreach (var command in (string[])[
            "images --all", "images show -- \"$NAME\"", "images refresh", "images refresh -- \"$NAME\"", "images local -- \"aula1/$NAME\"", "backups", "trash", "trash restore Old.img",
            "check -- \"$NAME\"", "transmissions", $"transmissions show {transmission}", "swarms", "swarms --peers", "remotes", "globals", "jobs", $"jobs show {job}", $"jobs log {job}",
            "status", "health", "repositories", $"transmissions cancel {transmission}", "import 127.0.0.1:9 -- \"$NAME\"", "images delete -- \"$NAME\"", "backups delete --yes -- \"$NAME\"",
            "images restore -- \"$NAME\"", "jobs show nothing", "wol 00:11:22:AA:BB:CC --broadcast 127.0.0.1", "logs --unit nothing-that-is-here", "version", "nonsense"])
        {
            var told = await OnTerminalAsync(agent, columns, command, ("NAME", hostile), ("NO_COLOR", "1"));
            // Each state of a progress bar is a line of its own.
            var lines = told.Output.Split('\r', '\n').SelectMany(Plain).ToList();
            Assert.All(lines, line => Assert.True(TerminalWidth.Of(line) <= columns, $"{command}: {TerminalWidth.Of(line)} > {columns}: {line}"));
            Assert.DoesNotMatch(Colour(), told.Output);
        }
    }

    [FactWith("script")]
    public async Task The_status_is_seen_at_one_glance()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(2000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));
        await AgentCommand.AskAsync(agent, "send", "p2p", "A.img");
        await LongWork.AddAsync(repository, agent, "Long.img");

        var told = await agent.SeeAsync("it is being read", async () => await OnTerminalAsync(agent, 80, "status") is var shown && shown.Output.Contains("1 at work") ? shown : null);

        var lines = Plain(told.Output.TrimEnd());
        Assert.InRange(lines.Count, 10, 24);
        Assert.Matches(@"Images +2, of these 1 indexed, 0 locked, 0 damaged", told.Output);
        Assert.Matches(@"Transmissions +1 under way, 0 failed", told.Output);
        Assert.Matches(@"Jobs +\d+ running, \d+ waiting, 0 failed", told.Output);
        Assert.Matches(@"Trash +0 images", told.Output);
        Assert.Matches(@"Indexing +1 at work, 0 wait .*\n +Long\.img, 0 %, .* of 400\.0 GiB", told.Output);
        Assert.Matches(@"Repository +\S", told.Output);
        Assert.Matches(@"Remotes +none", told.Output);
        Assert.Matches(@"Problems +", told.Output);
    }

    [TheoryWith("script")]
    [InlineData(1)]
    [InlineData(20)]
    public async Task On_a_very_narrow_terminal_nothing_is_lost(int columns)
    {
        await using var repository = new TestRepository(output);
        repository.Write("Windows10.img", Contents.Random(2000));
        await using var agent = await repository.StartAsync();
        var image = await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("Windows10.img"));

        var list = await OnTerminalAsync(agent, columns, "images");
        var shown = await OnTerminalAsync(agent, columns, "images show Windows10");

        Assert.Contains("Image: Windows10.img", Plain(list.Output));
        Assert.Contains("State: ready", Plain(list.Output));
        Assert.Contains($"SHA-256: {image.Sha256}", Plain(shown.Output));
    }

    [FactWith("script")]
    public async Task Progress_is_a_bar_and_coloured_unless_NO_COLOR_is_set()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(30_000_000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));

        var coloured = await OnTerminalAsync(agent, 120, "check A.img");
        var plain = await OnTerminalAsync(agent, 120, "check A.img", ("NO_COLOR", "1"));

        foreach (var told in (ProgramResult[])[coloured, plain])
        {
            Assert.True(told.ExitCode == Done, told.Output);
            Assert.Contains("━━━━━━━━━━", told.Output);
            // The bar is gone before the answer comes.
            Assert.Matches(@"\u001b\[2K(\u001b\[\?25h)?""A\.img"" is what its sums and its torrent say\.", told.Output);
        }
        Assert.Matches(Colour(), coloured.Output);
        Assert.DoesNotMatch(Colour(), plain.Output);
    }

    private static Task<ProgramResult> OnTerminalAsync(AgentProcess agent, int columns, string command, params (string, string)[] more) =>
        ExternalProgram.TryAsync(
            "script", ["-qec", $"stty cols {columns}; \"$AGENT\" {command}", "/dev/null"], TimeSpan.FromSeconds(60),
            [("AGENT", SourceTree.Agent), ("OGREPO_URL", agent.Api.UrlOf("")), ("OGREPO_API_KEY", agent.Api.Key), ("TERM", "xterm-256color"), .. more]);

    /// <summary>The lines, without what steers the terminal.</summary>
    private static List<string> Plain(string printed) =>
        [.. Steering().Replace(printed, "").Split('\n').Select(line => line.TrimEnd('\r', ' '))];

    [GeneratedRegex(@"\u001b(\[[0-9;?]*[A-Za-z]|[=>])|\r(?!\n)")]
    private static partial Regex Steering();

    [GeneratedRegex(@"\u001b\[[0-9;]*(3[0-7]|38;5|9[0-7])[0-9;]*m")]
    private static partial Regex Colour();
}
