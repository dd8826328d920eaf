using System.Text.Json;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;
using static Agent.EndToEnd.Cli.CliExit;

namespace Agent.EndToEnd.Cli;

/// <summary><c>trash</c>, and what it does to what is in it.</summary>
public sealed class TrashCommandTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Deleted_images_are_listed_erased_one_by_one_and_all_at_once()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await DeletedAsync(repository, "A.img", "B.img", "aula1/C.img");

        var table = await AgentCommand.AskAsync(agent, "trash");
        var ids = await IdsAsync(agent);
        var unconfirmed = await AgentCommand.AskAsync(agent, "trash", "delete", ids[0]);
        var erased = await AgentCommand.AskAsync(agent, "trash", "delete", ids[0], "--yes");
        var again = await AgentCommand.AskAsync(agent, "trash", "delete", ids[0], "--yes");
        var left = await IdsAsync(agent);
        var emptyUnconfirmed = await AgentCommand.AskAsync(agent, "trash", "empty");
        var kept = await IdsAsync(agent);
        var emptied = await AgentCommand.AskAsync(agent, "trash", "empty", "--yes");

        Assert.Equal((Done, ""), (table.ExitCode, table.Errors));
        Assert.Matches($@"(?m)^ *{ids[2]} +aula1/C\.img +1000 B +\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d *$", table.Output);
        Assert.Equal((Usage, Usage), (unconfirmed.ExitCode, emptyUnconfirmed.ExitCode));
        Assert.Equal((Done, "\"A.img\" was erased from the trash.\n"), (erased.ExitCode, erased.Output));
        Assert.Equal(No, again.ExitCode);
        Assert.Equal(ids.Skip(1), left);
        Assert.Equal(left, kept);
        Assert.Equal((Done, "2 images were erased from the trash.\n"), (emptied.ExitCode, emptied.Output));
        Assert.Empty(await IdsAsync(agent));
    }

    [Theory]
    [InlineData("trash", "delete", "..", "--yes")]
    [InlineData("trash", "delete", ".", "--yes")]
    [InlineData("trash", "delete", "", "--yes")]
    [InlineData("images", "delete", "../trash")]
    [InlineData("images", "delete", "../trash/images/x")]
    [InlineData("images", "delete", "..", "--permanent", "--yes")]
    [InlineData("images", "delete", "/etc/passwd")]
    [InlineData("transmissions", "cancel", "../trash")]
    [InlineData("jobs", "remove", "..")]
    public async Task Name_that_climbs_does_not_become_another_request(params string[] arguments)
    {
        await using var repository = new TestRepository(output);
        await using var agent = await DeletedAsync(repository, "A.img");

        var told = await AgentCommand.AskAsync(agent, arguments);

        Assert.True(told.ExitCode is Usage or No, $"{told.ExitCode}: {told.Output}");
        Assert.NotEmpty(told.Errors);
        Assert.Single(await IdsAsync(agent));
    }

    /// <summary>On a terminal the question is asked there.</summary>
    [TheoryWith("script")]
    [InlineData("y", Done, 0)]
    [InlineData("YES", Done, 0)]
    [InlineData("n", No, 1)]
    [InlineData("", No, 1)]
    public async Task Answer_to_the_question_decides(string answer, int exitCode, int left)
    {
        await using var repository = new TestRepository(output);
        await using var agent = await DeletedAsync(repository, "A.img");

        var told = await ExternalProgram.TryAsync(
            "bash", ["-c", "echo \"$ANSWER\" | script -qec '\"$AGENT\" trash empty' /dev/null"], TimeSpan.FromSeconds(60),
            ("ANSWER", answer), ("AGENT", SourceTree.Agent), ("OGREPO_URL", agent.Api.UrlOf("")), ("OGREPO_API_KEY", agent.Api.Key));

        Assert.True(exitCode == told.ExitCode, $"{told.ExitCode}: {told.Output}{told.Errors}");
        Assert.Contains("Erase everything that is in the trash for good? [y/N]", told.Output);
        Assert.Equal(left, (await IdsAsync(agent)).Count);
    }

    private static async Task<AgentProcess> DeletedAsync(TestRepository repository, params string[] images)
    {
        foreach (var image in images)
            repository.Write(image, Contents.Random(1000));
        var agent = await repository.StartAsync();
        foreach (var image in images)
        {
            await agent.SeeAsync($"{image} is ready", () => agent.Api.FindReadyAsync(image));
            Assert.Equal(Done, (await AgentCommand.AskAsync(agent, "images", "delete", image)).ExitCode);
        }
        return agent;
    }

    private static async Task<List<string>> IdsAsync(AgentProcess agent)
    {
        var told = await AgentCommand.AskAsync(agent, "trash", "--json");
        Assert.Equal((Done, ""), (told.ExitCode, told.Errors));
        return [.. JsonDocument.Parse(told.Bytes).RootElement.GetProperty("images").EnumerateArray()
            .OrderBy(entry => entry.GetProperty("image").GetString(), StringComparer.Ordinal)
            .Select(entry => entry.GetProperty("id").GetString()!)];
    }
}
