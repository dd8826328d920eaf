using System.Text.Json;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Systemd;

/// <summary>What the agent logs under systemd.</summary>
public sealed class JournalTests(ITestOutputHelper output)
{
    /// <summary>Standard output is what systemd would have connected with the journal.</summary>
    private const string Connected = "export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/$$/fd/1); exec \"$@\"";

    /// <summary>A real journal of its own, in file systems that end with the last process here. It dies with the shell's session.</summary>
    private const string WithJournal =
        """
        mount -t tmpfs none /run && mount -t tmpfs none /var/log && mkdir -p /run/systemd/journal /run/log/journal
        # It ends with the agent, which takes the place of this shell.
        setpriv --pdeathsig KILL /lib/systemd/systemd-journald ogrepo >/dev/null 2>&1 &
        until [ -S /run/systemd/journal.ogrepo/socket ]; do sleep 0.1; done
        mount --bind /run/systemd/journal.ogrepo /run/systemd/journal

        """;

    [Fact]
    public async Task Lines_have_priorities_where_the_journal_takes_no_fields()
    {
        await using var repository = new TestRepository(output) { Place = Shell(Connected) };
        repository.Write("Broken.img.info", "nonsense");
        repository.Write("Broken.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();

        await agent.SeeLoggedAsync("<6>Agent.Images.CatalogueWriter[2010] Broken.img taken into the catalogue");
    }

    [Fact]
    public async Task Another_process_is_not_taken_for_the_journal()
    {
        await using var repository = new TestRepository(output) { Place = Shell("export JOURNAL_STREAM=1:1; exec \"$@\"") };
        await using var agent = await repository.StartAsync();

        Assert.DoesNotContain("<6>", agent.Log);
    }

    [FactWith("journalctl", "unshare", "nsenter", "setpriv")]
    public async Task The_journal_has_each_value_as_a_field_and_finds_entries_by_it()
    {
        await using var repository = new TestRepository(output) { Place = new AgentPlace(["unshare", "--mount", "--", .. Shell(WithJournal + Connected).Command], () => new SocketsHttpHandler()) };
        repository.Write("aula1/A.img", Contents.Random(1000));
        await using var agent = repository.Launch();

        var entry = await agent.SeeAsync("the journal tells of the image", () => EntryAsync(agent, "OGREPO_IMAGE=aula1/A.img"));

        Assert.Equal("aula1/A.img taken into the catalogue (1000 bytes)", entry["MESSAGE"].GetString());
        Assert.Equal("6", entry["PRIORITY"].GetString());
        Assert.Equal("1000", entry["OGREPO_LENGTH"].GetString());
        Assert.Equal("2010", entry["OGREPO_EVENT"].GetString());
        Assert.Equal("Agent.Images.CatalogueWriter", entry["OGREPO_LOGGER"].GetString());
        Assert.Equal("ogrepo-agent", entry["SYSLOG_IDENTIFIER"].GetString());
        Assert.DoesNotContain("taken into the catalogue", agent.Log);
    }

    private static async Task<Dictionary<string, JsonElement>?> EntryAsync(AgentProcess agent, string field)
    {
        var found = await ExternalProgram.TryAsync(
            "nsenter", ["-t", $"{agent.Id}", "--mount", "--", "journalctl", "--namespace=ogrepo", "--output=json", "--no-pager", field, "OGREPO_EVENT=2010"]);
        var line = found.Output.Split('\n').FirstOrDefault(line => line.StartsWith('{'));
        return line is null ? null : JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(line);
    }

    private static AgentPlace Shell(string script) => new(["bash", "-c", script, "--"], () => new SocketsHttpHandler());
}
