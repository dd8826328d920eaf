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
