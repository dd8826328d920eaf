using Agent.EndToEnd.Replication;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Cli;

/// <summary><c>import</c>, <c>export</c> and <c>remotes</c>.</summary>
public sealed class ReplicationCommandTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Images_go_to_and_fro_and_remotes_are_listed()
    {
        await using var there = new TestRepository(output);
        there.Write("aula1/A.img", Contents.Random(3_000_000));
        await using var other = await there.StartAsync();
        await other.SeeAsync("the image is ready", () => other.Api.FindReadyAsync("aula1/A.img"));
        await using var here = new TestRepository(output);
        here.Knows("campus2", other.Api.Url, other.Api.Key);
        await using var agent = await here.StartAsync();

        var remotes = await RunAsync(agent, "remotes");
        Assert.Contains("campus2", remotes.Output, StringComparison.Ordinal);
        Assert.Contains("reachable", remotes.Output, StringComparison.Ordinal);

        var import = await RunAsync(agent, "import", "campus2", "A", "--ou", "");
        Assert.True(import.Code == 0, import.Output);
        Assert.Contains("\"A.img\" is there", import.Output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(there["aula1/A.img"]), File.ReadAllBytes(here["A.img"]));

        var export = await RunAsync(agent, "export", "A", "campus2", "--ou", "sala2");
        Assert.True(export.Code == 0, export.Output);
        Assert.True(File.Exists(there["sala2/A.img"]));

        Assert.Equal(1, (await RunAsync(agent, "import", "campus2", "Nothing")).Code);
        here.Write("A.img", Contents.Random(2_000_000));
        await agent.SeeAsync("another image of that name is ready", async () => (await agent.Api.FindReadyAsync("A.img"))?.Size == 2_000_000);
        Assert.Equal(1, (await RunAsync(agent, "import", "campus2", "aula1/A", "--ou", "", "--refuse-existing")).Code);
        Assert.Equal(2, (await RunAsync(agent, "import", "campus2", "A", "--remote-key-file", "/does/not/exist")).Code);
        Assert.DoesNotContain(other.Api.Key, agent.Log, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> RunAsync(AgentProcess agent, params string[] arguments)
    {
        var told = await ExternalProgram.ShellAsync(
            "\"$AGENT\" \"$@\" 2>&1 && echo \"exit 0\" || echo \"exit $?\"".Replace("\"$@\"", string.Join(' ', arguments.Select(argument => $"'{argument}'")), StringComparison.Ordinal),
            ("AGENT", SourceTree.Agent), ("OGREPO_URL", agent.Api.Url.AbsoluteUri), ("OGREPO_API_KEY", agent.Api.Key));
        var end = told.Output.TrimEnd().LastIndexOf("exit ", StringComparison.Ordinal);
        return (int.Parse(told.Output[(end + 5)..]), told.Output[..end]);
    }
}
