using Agent.EndToEnd.Support;
using Xunit.Abstractions;
using static Agent.EndToEnd.Cli.CliExit;

namespace Agent.EndToEnd.Cli;

/// <summary><c>config</c>; what it says of configurations that are wrong, <see cref="ServeRefusalTests"/> compares with <c>serve</c>.</summary>
public sealed class ConfigCommandTests(ITestOutputHelper output)
{
    private const string Secret = "a-key-that-nobody-may-see";

    [Fact]
    public async Task A_configuration_that_serve_takes_is_in_order()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();

        var told = await AgentCommand.RunAsync("config", "check", "--config", repository.ConfigurationFile);

        Assert.Equal((Done, $"{repository.ConfigurationFile} is in order.\n", ""), (told.ExitCode, told.Output, told.Errors));
    }

    [Fact]
    public async Task What_is_shown_is_a_configuration_that_serve_takes_and_has_no_secrets()
    {
        await using var repository = new TestRepository(output, new AgentSettings { MoreOfServer = $"api_key = \"{Secret}\"" });
        await using (var agent = repository.Launch())
            await agent.SeeLoggedAsync("Serving ");
        var shown = await AgentCommand.RunAsync("config", "show", "--config", repository.ConfigurationFile);
        var file = repository.Beside("shown.toml");
        await File.WriteAllBytesAsync(file, shown.Bytes);

        Assert.DoesNotContain(Secret, shown.Output + shown.Errors);
        Assert.Contains($"images = \"{repository.Images}\"\n", shown.Output);
        Assert.Contains($"trash = \"{repository.Images}_trash\"\n", shown.Output);
        Assert.Contains("max_connections = 1000  # default\n", shown.Output);
        var again = await AgentCommand.RunAsync("config", "check", "--config", file, "--show");
        Assert.Equal((Done, $"{file} is in order.\n"), (again.ExitCode, again.Errors));
        await using var another = new AgentProcess(repository.KeyFile, "serve", "--config", file);
        await another.WaitUntilReadyAsync();
        Assert.True(File.Exists(repository.Repoinfo));
    }

    [Fact]
    public async Task Nothing_is_shown_of_a_configuration_that_is_wrong()
    {
        using var files = new TemporaryDirectory();

        var told = await AgentCommand.RunAsync("config", "show", "--config", files.Write("agent.toml", "[repository]\nimages = \"/\"\nnonsense = 1\n"));

        Assert.Equal((Usage, ""), (told.ExitCode, told.Output));
        Assert.Contains(":3:1: repository.nonsense: unknown key", told.Errors);
    }
}
