using System.Text;
using Agent.Hosting.Systemd;
using Agent.Images;
using Agent.Tests.Api;
using Agent.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Agent.Tests.Hosting;

/// <summary>The watchdog hears of the agent only while its parts answer.</summary>
public sealed class WatchdogTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task An_agent_at_work_has_nothing_that_is_stuck()
    {
        await using var agent = await RunningAgent.StartAsync();

        Assert.Empty(await agent.Service<LivenessProbe>().FindStuckAsync(Long, CancellationToken.None));
    }

    [Fact]
    public async Task A_writer_that_is_stuck_is_found_and_so_is_its_recovery()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.SeeAsync(snapshot => snapshot.Revision > 0);
        using var release = new ManualResetEventSlim();
        var stuck = Block(agent, release);

        Assert.Equal(["the catalogue writer"], await agent.Service<LivenessProbe>().FindStuckAsync(Short, CancellationToken.None));

        release.Set();
        await Assert.ThrowsAsync<IOException>(() => stuck);
        Assert.Empty(await agent.Service<LivenessProbe>().FindStuckAsync(Long, CancellationToken.None));
    }

    [Fact]
    public async Task A_listener_that_is_gone_is_found()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.Service<Agent.BitTorrent.Seeding.SeederService>().StopAsync(CancellationToken.None);
        await agent.Service<Agent.BitTorrent.Tracker.TrackerService>().StopAsync(CancellationToken.None);

        var stuck = await agent.Service<LivenessProbe>().FindStuckAsync(Long, CancellationToken.None);

        Assert.Equal(["the tracker", "the seeder"], stuck);
    }

    [Fact]
    public async Task Signs_of_life_stop_with_the_writer_and_come_again_with_it()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.SeeAsync(snapshot => snapshot.Revision > 0);
        var address = $"@ogrepo-test-{Guid.NewGuid():N}";
        using var systemd = new DatagramSocket(address);
        var log = new HeardLogger();
        using var watchdog = new Watchdog(
            new ServiceNotifier(address), new WatchdogInterval(Short), agent.Service<LivenessProbe>(), TimeProvider.System, log);
        using var release = new ManualResetEventSlim();
        var stuck = Block(agent, release);

        await watchdog.StartAsync(CancellationToken.None);
        Assert.Contains("the catalogue writer", await log.Heard.WaitAsync(Long));
        Assert.True(systemd.IsEmpty);

        release.Set();
        await Assert.ThrowsAsync<IOException>(() => stuck);
        Assert.Equal("WATCHDOG=1", Encoding.ASCII.GetString(await systemd.NextAsync()));
        await watchdog.StopAsync(CancellationToken.None);
    }

    [Theory]
    [InlineData("20000000", null, 10_000.0)]
    [InlineData("20000000", "77", 10_000.0)]
    [InlineData("2000", "77", 1.0)]
    [InlineData("1999", "77", null)]
    [InlineData("20000000", "78", null)]
    [InlineData(null, null, null)]
    [InlineData("0", null, null)]
    [InlineData("soon", null, null)]
    [InlineData("18446744073709551615", null, null)]
    public void Signs_of_life_come_at_half_of_the_time_if_this_process_is_meant(string? microseconds, string? process, double? milliseconds) =>
        Assert.Equal(milliseconds, WatchdogInterval.Of(microseconds, process, 77).Between?.TotalMilliseconds);

    [Theory]
    [InlineData("2", "77", 2)]
    [InlineData("1", "78", 0)]
    [InlineData("1", null, 0)]
    [InlineData(null, "77", 0)]
    [InlineData("-1", "77", 0)]
    [InlineData("4000000000", "77", 0)]
    public void Sockets_are_taken_only_if_they_are_for_this_process(string? sockets, string? process, int count) =>
        Assert.Equal(count, ActivatedSockets.Count(sockets, process, 77));

    /// <summary>Keeps the writer in the midst of a command until it is released.</summary>
    private static Task Block(RunningAgent agent, ManualResetEventSlim release)
    {
        Assert.True(ImageId.TryParse("Stuck.img", out var id));
        return agent.Service<CatalogueWriter>().PlaceAsync(new ImageRecord { Id = id, Facts = ImageFacts.None }, () =>
        {
            release.Wait(Long);
            throw new IOException("released");
        });
    }

    /// <summary>Gives the first message that is logged.</summary>
    private sealed class HeardLogger : ILogger<Watchdog>
    {
        private readonly TaskCompletionSource<string> _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Heard => _heard.Task;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _heard.TrySetResult(formatter(state, exception));
    }
}
