using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Systemd;

/// <summary>What systemd hears of the agent.</summary>
public sealed class NotificationTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Systemd_hears_that_the_agent_is_ready_what_it_has_and_that_it_ends()
    {
        await using var systemd = new NotifySocket();
        await using var repository = new TestRepository(output) { Place = systemd.Place() };
        repository.Write("A.img", Contents.Random(100_000));
        var agent = await repository.StartAsync();

        await systemd.SeeAsync("READY=1");
        await systemd.SeeAsync("STATUS=1 image");
        repository.Write("B.img", Contents.Random(100_000));
        await systemd.SeeAsync("STATUS=2 images");
        Assert.Equal(0, await agent.StopAsync());

        await systemd.SeeAsync("STOPPING=1");
        Assert.Equal("READY=1", systemd.Heard[0]);
        Assert.Equal("STOPPING=1", systemd.Heard[^1]);
        Assert.Single(systemd.Heard, "READY=1");
        Assert.DoesNotContain("WATCHDOG=1", systemd.Heard);
    }

    [Fact]
    public async Task Systemd_hears_what_is_running()
    {
        await using var systemd = new NotifySocket();
        await using var repository = new TestRepository(output) { Place = systemd.Place() };
        await ExternalProgram.RunAsync("truncate", "-s", "200G", repository["Large.img"]);
        await using var agent = await repository.StartAsync();
        using var api = await DocumentedApi.OpenAsync(agent.Api);
        await agent.SeeAsync("it is listed", () => agent.Api.FindAsync("Large.img"));

        await api.AskAsync(202, "POST", "/ogrepository/v1/images/create-torrent", """{"image":"Large.img"}""", prefer: "respond-async");

        await systemd.SeeAsync("STATUS=1 image, 1 to be indexed, 1 job runs");
    }

    [Fact]
    public async Task The_watchdog_hears_of_an_agent_that_works_again_and_again()
    {
        await using var systemd = new NotifySocket();
        await using var repository = new TestRepository(output) { Place = systemd.Place("WATCHDOG_USEC=2000000") };
        await using var agent = await repository.StartAsync();

        await systemd.SeeAsync("WATCHDOG=1", times: 3);
        Assert.DoesNotContain("No answer within", agent.Log);
    }

    [Fact]
    public async Task Without_systemd_nobody_is_told()
    {
        await using var repository = new TestRepository(output) { Place = new AgentPlace(["env", "NOTIFY_SOCKET=/nobody/is/there", "WATCHDOG_USEC=2000000"], () => new SocketsHttpHandler()) };
        var agent = await repository.StartAsync();

        Assert.Equal(0, await agent.StopAsync());
    }
}
