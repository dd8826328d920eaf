using System.Runtime.InteropServices;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Systemd;

/// <summary>A reload takes over what can change while the agent runs, names the rest, and never breaks what works.</summary>
public sealed partial class ReloadTests(ITestOutputHelper output)
{
    private const int HangUp = 1;

    [Fact]
    public async Task What_can_change_changes_and_the_rest_is_named()
    {
        await using var systemd = new NotifySocket();
        await using var repository = new TestRepository(output) { Place = systemd.Place() };
        await using var agent = await repository.StartAsync();

        await ReloadAsync(repository, agent, repository.Settings with
        {
            Settle = "300ms",
            SeederRateLimit = "10MiB/s",
            MoreOfServer = "public_networks = [\"10.99.0.0/16\"]",
            More = """
                [[remote]]
                name = "campus2"
                url = "http://127.0.0.1:1"
                """,
        });

        await agent.SeeLoggedAsync("they need a restart");
        Assert.Contains("Changed: remote[1].name, remote[1].url, seeder.rate_limit, server.public_networks", agent.Log);
        Assert.Contains("they need a restart: repository.settle", agent.Log);
        Assert.Equal(403, (await agent.Api.GetAsync("healthz")).Status);
        Assert.Contains("campus2", (await agent.Api.GetAsync("ogrepository/v1/remotes")).Text);
        await systemd.SeeAsync("systemd is told of the reload", heard => heard.StartsWith("RELOADING=1\nMONOTONIC_USEC=", StringComparison.Ordinal));
        await systemd.SeeAsync("READY=1", times: 2);
    }

    [Fact]
    public async Task Another_key_holds_at_once_and_is_not_told_in_the_log()
    {
        await using var repository = new TestRepository(output) { Place = AgentPlace.AsService };
        await using var agent = await repository.StartAsync();
        Assert.Equal(200, (await agent.Api.GetAsync("ogrepository/v1/status")).Status);

        await File.WriteAllTextAsync(repository.KeyFile, "another-key-than-before\n");
        await ReloadAsync(repository, agent, repository.Settings);

        await agent.SeeLoggedAsync("The configuration was read again");
        Assert.Equal(401, (await agent.Api.GetAsync("ogrepository/v1/status")).Status);
        using var other = new AgentApi(agent.Api.Url, "another-key-than-before", new SocketsHttpHandler());
        Assert.Equal(200, (await other.GetAsync("ogrepository/v1/status")).Status);
        Assert.DoesNotContain("another-key-than-before", agent.Log);
    }

    [Fact]
    public async Task A_broken_file_is_refused_whole_and_the_old_configuration_goes_on()
    {
        await using var systemd = new NotifySocket();
        await using var repository = new TestRepository(output) { Place = systemd.Place() };
        await using var agent = await repository.StartAsync();

        await ReloadAsync(repository, agent, repository.Settings with { SeederRateLimit = "fast", MoreOfServer = "public_networks = []" });

        await agent.SeeLoggedAsync("refused; the one before goes on");
        Assert.Contains($"{repository.ConfigurationFile}:", agent.Log);
        Assert.Contains("seeder.rate_limit", agent.Log);
        Assert.Equal(200, (await agent.Api.GetAsync("healthz")).Status);
        await systemd.SeeAsync("READY=1", times: 2);
    }

    [Fact]
    public async Task The_level_of_the_log_changes()
    {
        await using var repository = new TestRepository(output, new AgentSettings { More = "[log]\nlevel = \"info\"" }) { Place = AgentPlace.AsService };
        await using var agent = await repository.StartAsync();
        repository.Write("Told.img", Contents.Random(1000));
        await agent.SeeLoggedAsync("Told.img taken into the catalogue");

        await ReloadAsync(repository, agent, repository.Settings with { More = "[log]\nlevel = \"warning\"" });
        await agent.SeeAsync("the level has changed", async () =>
        {
            var name = $"{Guid.NewGuid():N}.img";
            repository.Write(name, Contents.Random(1000));
            await agent.SeeAsync("it is listed", () => agent.Api.FindAsync(name));
            return !agent.Log.Contains($"{name} taken", StringComparison.Ordinal);
        });
    }

    private static async Task ReloadAsync(TestRepository repository, AgentProcess agent, AgentSettings settings)
    {
        await File.WriteAllTextAsync(repository.ConfigurationFile, settings.ToToml(repository.Images, repository.State));
        Assert.Equal(0, Kill(agent.Id, HangUp));
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
