using Agent.EndToEnd.Support;
using Agent.EndToEnd.Transmissions;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Diagnosis;

/// <summary><c>doctor</c> on a server that is in order: an agent runs, in a network of its own with the usual ports.</summary>
public sealed class DoctorTests(ITestOutputHelper output)
{
    private const string Address = "10.77.0.1";

    /// <summary>What these find is of the machine that the test runs on.</summary>
    private static readonly string[] OfMachine = ["clock", "disk", "machine", "open files", "programs"];

    [TheoryWithMount]
    [InlineData(100)]
    public async Task A_server_in_order_has_no_error(int columns)
    {
        using var network = await NetworkAsync();
        await using var repository = Repository(network);
        repository.Write("Windows10.img", Contents.Random(2000));
        repository.Write("room2/linux.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("Windows10.img"));
        await agent.SeeAsync("the images are published", async () => (await agent.Api.GetAsync("ogrepository/v1/status")).Text.Contains("\"problems\":[]"));
        var doctor = new Doctor(repository.ConfigurationFile, network.Enter);

        var findings = await doctor.ExamineAsync(exitCode: 0);

        Assert.DoesNotContain(findings, finding => finding.Severity != "ok" && !OfMachine.Contains(finding.Check));
        foreach (var (check, found) in ((string, string)[])
        [
            ("configuration", $"{repository.ConfigurationFile} is in order"),
            ("ports", $"server.listen {Address}:8006: the agent's (process {agent.Id})"),
            ("ports", $"tracker.listen {Address}:6969 (UDP): the agent's (process {agent.Id})"),
            ("ports", $"seeder.listen {Address}:6881: the agent's (process {agent.Id})"),
            ("network", $"transmissions leave by eth0 ({Address})"),
            ("network", "multicast takes the default route, by eth0"),
            ("times", "no image is from the future"),
        ])
            Assert.Contains(findings, finding => finding.Check == check && finding.Found == found);
        Assert.Contains(findings, finding => finding.Check == "agent" && finding.Found.StartsWith($"the agent at http://{Address}:8006 answers; its version is ", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Check == "keys" && finding.Found.StartsWith("all 3 files with keys can be read by ", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Check == "inotify" && finding.Found.StartsWith("2 directories to be watched", StringComparison.Ordinal));

        await AssertPrintedAsync(doctor, columns);
        await doctor.KeepAsync("healthy");
    }

    [TheoryWithMount]
    [InlineData("ip link set eth0 multicast off", "error", "interface eth0 takes no multicast", "ip link set eth0 multicast on")]
    [InlineData("ip link set eth0 down", "error", "interface eth0 is down", "ip link set eth0 up")]
    [InlineData("ip route del default", "warning", "there is no route for multicast (224.0.0.0/4), nor a default route", "ip route add 224.0.0.0/4 dev eth0")]
    public async Task A_network_that_multicast_cannot_leave_is_told(string change, string severity, string found, string remedy)
    {
        using var network = await NetworkAsync();
        await using var repository = Repository(network);
        await using var agent = await repository.StartAsync();
        await network.RunAsync(change);

        var findings = await new Doctor(repository.ConfigurationFile, network.Enter).ExamineAsync(severity == "error" ? 1 : 0);

        Assert.Contains(findings, finding => finding.Severity == severity && finding.Found == found && finding.Remedy!.StartsWith(remedy, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_no_agent_runs_it_is_told_how_to_start_one()
    {
        await using var repository = new TestRepository(output, new AgentSettings { Listen = "127.0.0.1:8", Seeder = "127.0.0.1:0" });
        await File.WriteAllTextAsync(repository.ConfigurationFile, repository.Settings.ToToml(repository.Images, repository.State).Replace("127.0.0.1:8\"", $"{new AgentSettings().Tracker}\""));

        var findings = await new Doctor(repository.ConfigurationFile, []).ExamineAsync(exitCode: 0);

        var fault = Assert.Single(findings, finding => finding.Check == "agent");
        Assert.StartsWith("no agent runs at http://127.0.0.1:", fault.Found);
        Assert.Equal($"ogrepo-agent serve --config {repository.ConfigurationFile}", fault.Remedy);
    }

    [Fact]
    public async Task A_configuration_that_is_none_is_one_error_and_the_rest_is_looked_at()
    {
        using var files = new TemporaryDirectory();

        var findings = await new Doctor(files.Write("agent.toml", "[repository\n"), []).ExamineAsync(exitCode: 1);

        Assert.StartsWith(files["agent.toml"] + ":1:", Assert.Single(findings, finding => finding.Severity == "error").Found);
        Assert.Contains(findings, finding => finding.Check == "opengnsys");
    }

    private static async Task AssertPrintedAsync(Doctor doctor, int columns)
    {
        var coloured = await doctor.PrintAsync(columns);
        var plain = await doctor.PrintAsync(columns, ("NO_COLOR", "1"));

        Assert.Contains("\u001b[32mok", coloured);
        Assert.DoesNotContain("\u001b[3", plain);
        Assert.All(Doctor.Steering().Replace(coloured, "").Split('\n'), line => Assert.True(line.Length <= columns, line));
        Assert.Contains("No error, ", coloured);
    }

    private TestRepository Repository(NetworkNamespace network) => new(output, new AgentSettings
    {
        Listen = $"{Address}:8006",
        Advertise = Address,
        Tracker = $"{Address}:6969",
        Seeder = $"{Address}:6881",
    })
    {
        Place = new AgentPlace(network.Enter, network.Connection),
    };

    /// <summary>One of which both ends are here, so that it is up.</summary>
    private static async Task<NetworkNamespace> NetworkAsync()
    {
        var network = new NetworkNamespace();
        await network.RunAsync($"""
            ip link set lo up; ip link add eth0 type veth peer name far; ip link set far up
            ip addr add {Address}/24 brd + dev eth0; ip link set eth0 up; ip route add default dev eth0
            """);
        return network;
    }
}
