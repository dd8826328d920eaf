using System.Text.Json;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;
using static Agent.EndToEnd.Cli.CliExit;

namespace Agent.EndToEnd.Cli;

/// <summary><c>wol</c>.</summary>
public sealed class WakeCommandTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Every_address_gets_its_packet()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();

        var told = await AgentCommand.AskAsync(agent, "wol", "00:11:22:AA:BB:CC", "001122aabbcd", "--broadcast", "127.0.0.1");
        var json = await AgentCommand.AskAsync(agent, "wol", "00-11-22-AA-BB-CC", "--broadcast", "127.0.0.1", "--json");

        Assert.Equal((Done, ""), (told.ExitCode, told.Errors));
        Assert.Equal(2, told.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.True(JsonDocument.Parse(json.Bytes).RootElement.GetProperty("success").GetBoolean());
    }

    [Theory]
    [InlineData("\"nonsense\" is not a hardware address", "00:11:22:AA:BB:CC", "nonsense")]
    [InlineData("is not an IPv4 address", "00:11:22:AA:BB:CC", "--broadcast", "everywhere")]
    [InlineData("Required argument missing for command: 'wol'")]
    public async Task Wrong_address_is_told_and_nothing_is_sent(string message, params string[] arguments)
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();

        var told = await AgentCommand.AskAsync(agent, ["wol", .. arguments]);

        Assert.Equal((Usage, ""), (told.ExitCode, told.Output));
        Assert.Contains(message, told.Errors);
    }
}
