using Agent.EndToEnd.Support;
using Xunit.Abstractions;
using static Agent.EndToEnd.Cli.CliExit;

namespace Agent.EndToEnd.Cli;

/// <summary>Names that a command line or a terminal could take for something else.</summary>
public sealed class OddArgumentTests(ITestOutputHelper output)
{
    private static readonly string[] Names =
    [
        "-rf.img",
        "--json.img",
        "--help.dsk",
        "-ou/-image.img",
        "@file.img",
        "[suggest].img",
        "%2e%2e.img",
        "a..b.img",
        "two words ' \" `$(id).img",
        "#a?b&c=d+e%20.img",
        "new\nline \u001b[31mred.img",
        "\u202egnp.img",
        "[red]markup[/].img",
        "Ünï 漢字 😀.img",
    ];

    [Fact]
    public async Task Every_name_is_shown_checked_deleted_and_restored()
    {
        await using var repository = new TestRepository(output);
        foreach (var name in Names)
            repository.Write(name, Contents.Random(500));
        await using var agent = await repository.StartAsync();

        foreach (var name in Names)
        {
            await agent.SeeAsync($"{name} is ready", () => agent.Api.FindReadyAsync(name));
            foreach (var command in (string[][])[["images", "show"], ["images", "global"], ["torrent"], ["check"], ["images", "delete"], ["images", "restore"]])
            {
                var told = await AgentCommand.AskAsync(agent, [.. command, "--", name]);
                Assert.True(told.ExitCode == Done, $"{string.Join(' ', command)} {name}: {told.ExitCode} {told.Errors}{told.Output}");
                AssertHarmless(told.Output + told.Errors);
            }
            Assert.True(File.Exists(repository[name]), name);
        }
    }

    [Fact]
    public async Task What_the_agent_says_of_a_hostile_name_is_harmless_too()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();

        foreach (var command in (string[][])[["images", "show"], ["images", "delete"], ["check"], ["trash", "restore"], ["send", "p2p"], ["jobs", "show"], ["nonsense"]])
        {
            var told = await AgentCommand.AskAsync(agent, [.. command, "no\u001b[31m\u202esuch\r\n.img"]);
            Assert.NotEqual(Done, told.ExitCode);
            Assert.NotEmpty(told.Errors);
            AssertHarmless(told.Errors);
        }
    }

    private static void AssertHarmless(string text) =>
        Assert.DoesNotContain(text, character => (char.IsControl(character) && character != '\n') || character == '\u202e');
}
