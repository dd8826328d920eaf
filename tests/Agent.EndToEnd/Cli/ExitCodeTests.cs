using Agent.EndToEnd.Support;
using Xunit.Abstractions;
using static Agent.EndToEnd.Cli.CliExit;

namespace Agent.EndToEnd.Cli;

/// <summary>What every command that asks an agent has in common.</summary>
public sealed class ExitCodeTests(ITestOutputHelper output)
{
    private const string AnyId = "0a1b2c3d4e5f";

    private static readonly string[] All =
    [
        "images", "images show A", "images refresh", "images delete A", "images delete A --permanent --yes", "images restore A",
        "images restore --backup A.img", "images global A.img", "images local A.img",
        "trash", "trash restore A", $"trash delete {AnyId} --yes", "trash empty --yes",
        "check A.img", "check A.img --full", "repair A.img", "torrent A.img", "wol 00:11:22:AA:BB:CC",
        "send udpcast A.img --session 9000:full:239.194.17.2:70M:1:1", "send uftp A.img --port 9000 --ip 239.194.17.2 --bitrate 1G --wait", "send p2p A.img --wait",
        "transmissions", $"transmissions show {AnyId}", $"transmissions watch {AnyId}", $"transmissions cancel {AnyId}",
        "jobs", $"jobs show {AnyId}", $"jobs watch {AnyId}", $"jobs log {AnyId}", $"jobs cancel {AnyId}", $"jobs remove {AnyId}",
        "images list --all", "trash list", "transmissions list --protocol p2p", "jobs list --state FAILED", "status",
    ];

    public static TheoryData<string> Commands { get; } = [.. All];

    [Fact]
    public async Task Key_that_is_missing_or_wrong_is_a_matter_of_configuration()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(10));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));
        await File.WriteAllTextAsync(repository.Beside("other.key"), "0123456789abcdef0123456789abcdef\n");

        foreach (var command in All)
        {
            await AssertRefusedAsync(agent, command, "API key is missing");
            await AssertRefusedAsync(agent, command, "API key is wrong", "--key-file", repository.Beside("other.key"));
        }
        Assert.True(File.Exists(repository["A.img"]));
    }

    /// <summary>Port 9 is the one that nobody listens on.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Agent_that_is_not_there_cannot_be_reached(string command)
    {
        var told = await AgentCommand.RunAsync([.. command.Split(' '), "--url", "http://127.0.0.1:9"]);

        Assert.Equal((Unreachable, ""), (told.ExitCode, told.Output));
        Assert.Contains("cannot be reached", told.Errors);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_of_every_command_has_an_example(string command)
    {
        var words = command.Split(' ').TakeWhile((word, index) => index == 0 || (index == 1 && char.IsAsciiLetterLower(word[0]) && !word.Contains('.'))).ToArray();

        var told = await AgentCommand.RunAsync([.. words, "--help"]);

        Assert.Equal((Done, ""), (told.ExitCode, told.Errors));
        Assert.Matches($@"Examples?:\n  ogrepo-agent {string.Join(' ', words)}", told.Output);
        Assert.Contains("--json", told.Output);
        Assert.Contains("--url", told.Output);
    }

    private static async Task AssertRefusedAsync(AgentProcess agent, string command, string said, params string[] key)
    {
        var told = await AgentCommand.RunAsync([.. command.Split(' '), "--url", agent.Api.UrlOf(""), .. key]);
        Assert.True(told is { ExitCode: Usage, Output: "" } && told.Errors.Contains(said), $"{command}: {told.ExitCode} {told.Errors}{told.Output}");
    }
}
