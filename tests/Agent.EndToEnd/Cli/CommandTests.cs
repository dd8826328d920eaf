using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Cli;

/// <summary>The commands that talk to a running agent: what they print and how they end.</summary>
public sealed class CommandTests(ITestOutputHelper output)
{
    private const int Done = 0, No = 1, Usage = 2, Unreachable = 3;

    [Fact]
    public async Task Images_prints_a_table_for_people_and_JSON_for_programs()
    {
        await using var repository = new TestRepository(output);
        repository.Write("Windows10.img", Contents.Random(2_000_000));
        repository.Write("Windows10.img.info", "PARTCLONE:LZOP:NTFS:5642158:aula1-pc3\n");
        repository.Write("aula1/Exam.dsk", Contents.Random(100));
        repository.Write("Old.pgz", Contents.Random(100));
        repository.Write("Tree/ogimg.info", "# fstype=EXTFS\n");
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("all are indexed", async () => (await agent.Api.StatusAsync()).Indexed == 3);

        var table = await AgentCommand.AskAsync(agent, "images");
        Assert.Equal((Done, ""), (table.ExitCode, table.Errors));
        var lines = table.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim()).ToList();
        var windows = Assert.Single(lines, line => line.StartsWith("Windows10.img", StringComparison.Ordinal));
        Assert.Matches(@"^Windows10\.img +NTFS +partclone lzop +1\.9 MiB +5\.4 GiB +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +ready$", windows);
        Assert.Matches(@"^Tree +EXTFS +rsync .*directory$", Assert.Single(lines, line => line.StartsWith("Tree", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.StartsWith("aula1/Exam.dsk", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("Old.pgz"));
        Assert.DoesNotContain('\u001b', table.Output);

        Assert.Contains("Old.pgz", (await AgentCommand.AskAsync(agent, "images", "--all")).Output);
        var json = await AgentCommand.AskAsync(agent, "images", "--json");
        Assert.Equal(Done, json.ExitCode);
        var own = JsonDocument.Parse(json.Bytes).RootElement;
        var fetched = JsonDocument.Parse((await agent.Api.GetAsync("ogrepository/v1/images")).Body).RootElement;
        Assert.Equal(fetched.GetProperty("images").GetRawText(), own.GetProperty("images").GetRawText());
        Assert.Equal(fetched.GetProperty("ous").GetRawText(), own.GetProperty("ous").GetRawText());
    }

    [Fact]
    public async Task Status_tells_how_the_agent_is_doing()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(100));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));

        var told = await AgentCommand.AskAsync(agent, "status");
        Assert.Equal((Done, ""), (told.ExitCode, told.Errors));
        Assert.Matches(@"Images +1, of these 1 indexed, 0 locked", told.Output);
        Assert.Matches($@"Tracker +{repository.Settings.Tracker}, 1 torrents, 0 peers", told.Output);
        Assert.Matches(@"Indexing +nothing to do", told.Output);

        var json = JsonDocument.Parse((await AgentCommand.AskAsync(agent, "status", "--json")).Bytes).RootElement;
        Assert.Equal((1, 1), (json.GetProperty("images").GetInt32(), json.GetProperty("indexed").GetInt32()));
    }

    [Fact]
    public async Task Health_and_metrics_are_told_and_need_what_their_routes_need()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();

        var health = await AgentCommand.RunAsync("health", "--url", agent.Api.UrlOf(""));
        Assert.Equal((Done, "ok\n"), (health.ExitCode, health.Output));
        var metrics = await AgentCommand.AskAsync(agent, "metrics");
        Assert.Equal(Done, metrics.ExitCode);
        Assert.Contains("# TYPE ogrepo_jobs gauge", metrics.Output);
        Assert.Equal(Unreachable, (await AgentCommand.RunAsync("health", "--url", "http://127.0.0.1:9")).ExitCode);
    }

    [Fact]
    public async Task What_is_published_is_listed_and_the_agent_scrapes_itself()
    {
        await using var repository = new TestRepository(output, new AgentSettings { More = "[cvmfs]\nname = \"images.example.org\"" });
        repository.Write("A.img", Contents.Random(100));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));

        var listed = await agent.SeeAsync("it is published", async () => await AgentCommand.AskAsync(agent, "repositories") is { ExitCode: Done } told ? told : null);
        Assert.Equal((Done, ""), (listed.ExitCode, listed.Errors));
        Assert.Matches(@"images\.example\.org +own +\d+ +2\d{3}-", listed.Output);
        var json = JsonDocument.Parse((await AgentCommand.AskAsync(agent, "repositories", "--json")).Bytes).RootElement;
        Assert.Equal("images.example.org", json.GetProperty("repositories")[0].GetProperty("name").GetString());

        string[] scrape = ["scrape", "--by-agent", "--stratum0", agent.Api.Url.Authority];
        var table = await AgentCommand.AskAsync(agent, scrape);
        Assert.Equal(Done, table.ExitCode);
        Assert.Matches(@"images\.example\.org +\d+ ", table.Output);
        Assert.Equal("ok", JsonDocument.Parse((await AgentCommand.AskAsync(agent, [.. scrape, "--json"])).Bytes).RootElement.GetProperty("verdict").GetString());
        Assert.Contains("# TYPE", (await AgentCommand.AskAsync(agent, [.. scrape, "--prometheus"])).Output);
        Assert.Equal(Usage, (await AgentCommand.RunAsync([.. scrape, "--url", agent.Api.UrlOf("")])).ExitCode);
    }

    [Fact]
    public async Task Key_comes_from_its_file_or_the_environment()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();
        var url = agent.Api.UrlOf("");

        Assert.Equal(Done, (await AgentCommand.RunAsync("status", "--url", url, "--key-file", repository.KeyFile)).ExitCode);
        Assert.Equal(Done, (await AgentCommand.RunAsync("status", "--url", url.TrimEnd('/'), "--key-file", repository.KeyFile)).ExitCode);
        Assert.Equal(Done, (await AgentCommand.AskAsync(agent, "status")).ExitCode);
        // The file goes before the environment.
        await File.WriteAllTextAsync(repository.Beside("other.key"), "0123456789abcdef0123456789abcdef\n");
        Assert.Equal(Usage, (await AgentCommand.AskAsync(agent, "status", "--key-file", repository.Beside("other.key"))).ExitCode);
    }

    [Fact]
    public async Task Exit_codes_tell_wrong_usage_from_an_agent_that_is_not_there()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();
        var url = agent.Api.UrlOf("");

        await AssertAsync(Unreachable, "cannot be reached", "images", "--url", "http://127.0.0.1:9");
        await AssertAsync(Unreachable, "cannot be reached", "status", "--url", "http://no-such-host.invalid");
        await AssertAsync(Usage, "API key is missing", "images", "--url", url);
        await AssertAsync(Usage, "API key is wrong", "images", "--url", url, "--key-file", repository.ConfigurationFile);
        await AssertAsync(Usage, "cannot be read", "images", "--url", url, "--key-file", "/nonexistent");
        await AssertAsync(Usage, "cannot be read", "images", "--url", url, "--key-file", repository.Images);
        await AssertAsync(Usage, "is not a URL", "images", "--url", "127.0.0.1");
        await AssertAsync(Usage, "is not a URL", "images", "--url", "ftp://127.0.0.1/");
        await AssertAsync(Usage, "--bogus", "images", "--bogus");
        await AssertAsync(Usage, "nonsense", "nonsense");
        await AssertAsync(Usage, "surplus", "images", "surplus");
        await AssertAsync(Usage, "--url", "images", "--url");
        await AssertAsync(Usage, "--help");
        await AssertAsync(No, "There is nothing at /elsewhere/", "images", "--url", $"{url}elsewhere");
    }

    [Fact]
    public async Task Something_else_that_answers_is_not_taken_for_an_agent()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var asked = AssertAsync(Unreachable, "no ogrepo-agent", "images", "--url", $"http://{other.LocalEndpoint}");
        using (var connection = await other.AcceptTcpClientAsync())
        {
            await connection.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"u8.ToArray());
            await asked;
        }
    }

    [Theory]
    [InlineData("", "serve", "images", "trash", "check", "repair", "torrent", "send", "transmissions", "jobs", "wol", "status", "version", "Exit codes: 0 done; 1 the answer is no; 2 wrong usage or configuration; 3 the agent cannot be reached.")]
    [InlineData("serve", "--config", "--images", "--state", "--listen", "/etc/ogrepo-agent/agent.toml")]
    [InlineData("images", "--url", "--key-file", "--json", "--all", "OGREPO_URL", "OGREPO_API_KEY")]
    [InlineData("status", "--url", "--key-file", "--json")]
    [InlineData("version", "Prints the version")]
    public async Task Help_explains_itself(string command, params string[] words)
    {
        foreach (var help in (string[])["--help", "-h"])
        {
            var told = await AgentCommand.RunAsync(command.Length == 0 ? [help] : [command, help]);
            Assert.Equal((Done, ""), (told.ExitCode, told.Errors));
            Assert.All(words, word => Assert.Contains(word, told.Output));
        }
    }

    [Fact]
    public async Task Version_is_printed_with_the_system_it_is_for()
    {
        var told = await AgentCommand.RunAsync("version");
        Assert.Equal(Done, told.ExitCode);
        Assert.Matches(@"^ogrepo-agent \d+\.\d+\.\d+ \(linux-(x64|arm64)\)\n$", told.Output);
    }

    /// <summary>Runs a command that has to end with this code; on standard error it has to say this, on standard output nothing.</summary>
    private static async Task AssertAsync(int exitCode, string message, params string[] arguments)
    {
        var told = await AgentCommand.RunAsync(arguments);
        var line = string.Join(' ', arguments);
        Assert.True(exitCode == told.ExitCode, $"{line}: {told.ExitCode} {told.Errors}{told.Output}");
        Assert.True(told.Errors.Contains(message, StringComparison.Ordinal), $"{line}: {told.Errors}");
        Assert.DoesNotContain("   at ", told.Errors);
        Assert.Equal("", told.Output);
    }
}
