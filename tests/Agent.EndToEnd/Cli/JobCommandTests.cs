using System.Text.Json;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;
using static Agent.EndToEnd.Cli.CliExit;

namespace Agent.EndToEnd.Cli;

/// <summary><c>jobs</c> and the commands below it.</summary>
public sealed class JobCommandTests(ITestOutputHelper output)
{
    [FactWith("jq")]
    public async Task Ended_jobs_are_listed_filtered_shown_and_removed()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(1000));
        repository.Write("empty.img", "");
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));
        await agent.SeeAsync("it is listed", () => agent.Api.FindAsync("empty.img"));
        Assert.Equal("There are no such jobs.\n", (await AgentCommand.AskAsync(agent, "jobs")).Output);
        await AgentCommand.AskAsync(agent, "check", "A.img");
        await AgentCommand.AskAsync(agent, "torrent", "empty.img");

        var table = await AgentCommand.AskAsync(agent, "jobs");
        Assert.Equal((Done, ""), (table.ExitCode, table.Errors));
        Assert.Matches(@"(?m)^ *[0-9a-z]{9} +check +A\.img +FINISHED +100 % ", table.Output);
        Assert.Matches(@"(?m)^ *[0-9a-z]{9} +create-torrent +empty\.img +FAILED .*is empty", table.Output);
        var finished = Assert.Single(await IdsAsync(repository, agent, "--state", "finished"));
        Assert.Equal(table.Output, (await AgentCommand.AskAsync(agent, "jobs", "list")).Output);
        Assert.DoesNotContain("FAILED", (await AgentCommand.AskAsync(agent, "jobs", "list", "--state", "finished")).Output);
        var failed = Assert.Single(await IdsAsync(repository, agent, "--kind", "create-torrent", "--state", "FAILED"));
        Assert.Empty(await IdsAsync(repository, agent, "--kind", "check", "--state", "FAILED"));

        var shown = await AgentCommand.AskAsync(agent, "jobs", "show", finished);
        Assert.Matches(@"(?m)^State +FINISHED *$", shown.Output);
        Assert.Contains("\"result\":\"OK\"", shown.Output);
        Assert.Equal("OK", JsonDocument.Parse((await AgentCommand.AskAsync(agent, "jobs", "show", finished, "--json")).Bytes)
            .RootElement.GetProperty("result").GetProperty("result").GetString());
        Assert.Equal(Done, (await AgentCommand.AskAsync(agent, "jobs", "watch", finished)).ExitCode);
        Assert.Equal(No, (await AgentCommand.AskAsync(agent, "jobs", "watch", failed)).ExitCode);
        Assert.Equal(No, (await AgentCommand.AskAsync(agent, "jobs", "cancel", failed)).ExitCode);

        Assert.Equal((Done, $"Job {failed} is forgotten.\n"), await ResultAsync(agent, "jobs", "remove", failed));
        Assert.Equal(No, (await AgentCommand.AskAsync(agent, "jobs", "show", failed)).ExitCode);
        Assert.Equal([finished], await IdsAsync(repository, agent));
    }

    [Fact]
    public async Task Log_is_printed_whole_or_its_end()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));
        await AgentCommand.AskAsync(agent, "check", "A.img");
        var id = Assert.Single(await IdsAsync(repository, agent));

        var log = await AgentCommand.AskAsync(agent, "jobs", "log", id);
        var end = await AgentCommand.AskAsync(agent, "jobs", "log", id, "--size", "1");
        var raw = await AgentCommand.AskAsync(agent, "jobs", "log", id, "--json");

        Assert.Equal((Done, ""), (log.ExitCode, log.Errors));
        Assert.Matches(@"^\S+ Running\n\S+ Finished\n$", log.Output);
        Assert.Equal(log.Output, end.Output);
        Assert.Equal(log.Output, raw.Output);
        Assert.Equal(Usage, (await AgentCommand.AskAsync(agent, "jobs", "log", id, "--size", "much")).ExitCode);
        Assert.Equal(Usage, (await AgentCommand.AskAsync(agent, "jobs", "--state", "7")).ExitCode);
    }

    [Fact]
    public async Task Jobs_under_way_are_watched_left_alone_and_cancelled()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();
        await LongWork.AddAsync(repository, agent, "long.img");
        await using var first = new RunningCommand(agent, "check", "long.img");
        await first.SeeAsync("check RUNNING");
        await using var second = new RunningCommand(agent, "check", "long.img");
        await second.SeeAsync("check WAITING");
        var running = Assert.Single(await IdsAsync(repository, agent, "--state", "RUNNING"));
        var waiting = Assert.Single(await IdsAsync(repository, agent, "--state", "WAITING"));

        await using var watch = new RunningCommand(agent, "jobs", "watch", running);
        await watch.SeeAsync("check RUNNING");
        watch.PressControlC();
        var watched = await watch.EndAsync();
        var removed = await AgentCommand.AskAsync(agent, "jobs", "remove", running);
        var cancelledWaiting = await AgentCommand.AskAsync(agent, "jobs", "cancel", waiting);
        var cancelledRunning = await AgentCommand.AskAsync(agent, "jobs", "cancel", running);

        Assert.Equal(Interrupted, watched.ExitCode);
        Assert.Contains($"Job {running} goes on", watched.Errors);
        Assert.Equal(No, removed.ExitCode);
        Assert.Contains("cancel it first", removed.Errors);
        Assert.Equal((Done, $"Job {waiting} was cancelled before it began.\n"), (cancelledWaiting.ExitCode, cancelledWaiting.Output));
        Assert.Equal((Done, $"Job {running} was told to end.\n"), (cancelledRunning.ExitCode, cancelledRunning.Output));
        foreach (var (command, id) in new[] { (first, running), (second, waiting) })
        {
            var ended = await command.EndAsync();
            Assert.Equal((No, ""), (ended.ExitCode, ended.Output));
            Assert.Contains($"Job {id} (check) was cancelled.", ended.Errors);
        }
        Assert.Equal(No, (await AgentCommand.AskAsync(agent, "jobs", "watch", running)).ExitCode);
    }

    private static async Task<(int, string)> ResultAsync(AgentProcess agent, params string[] arguments)
    {
        var told = await AgentCommand.AskAsync(agent, arguments);
        return (told.ExitCode, told.Output);
    }

    /// <summary>Ids of jobs, by <c>jq</c>.</summary>
    private static async Task<string[]> IdsAsync(TestRepository repository, AgentProcess agent, params string[] filters)
    {
        var told = await AgentCommand.AskAsync(agent, ["jobs", "--json", .. filters]);
        Assert.Equal((Done, ""), (told.ExitCode, told.Errors));
        var file = repository.Beside($"{Guid.NewGuid():N}.json");
        await File.WriteAllBytesAsync(file, told.Bytes);
        return await Jq.LinesAsync(file, ".jobs[].id");
    }
}
