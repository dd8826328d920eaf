using System.Text;
using Agent.Hosting.Systemd;
using Agent.Tests.Support;

namespace Agent.Tests.Hosting;

public sealed class ServiceNotifierTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Systemd_is_told_at_a_path_and_in_the_abstract_namespace(bool isAbstract)
    {
        var address = isAbstract ? $"@ogrepo-test-{Guid.NewGuid():N}" : _directory["notify"];
        using var systemd = new DatagramSocket(address);
        var notifier = new ServiceNotifier(address);

        notifier.Ready();
        notifier.Status("two\nlines");
        notifier.Alive();
        notifier.Stopping();

        Assert.Equal("READY=1", await NextAsync(systemd));
        Assert.Equal("STATUS=two lines", await NextAsync(systemd));
        Assert.Equal("WATCHDOG=1", await NextAsync(systemd));
        Assert.Equal("STOPPING=1", await NextAsync(systemd));
    }

    [Fact]
    public async Task A_reload_tells_the_time_of_the_monotonic_clock()
    {
        var address = _directory["notify"];
        using var systemd = new DatagramSocket(address);

        var before = Environment.TickCount64;
        new ServiceNotifier(address).Reloading();

        var lines = (await NextAsync(systemd)).Split('\n');
        Assert.Equal("RELOADING=1", lines[0]);
        Assert.StartsWith("MONOTONIC_USEC=", lines[1]);
        Assert.InRange(long.Parse(lines[1]["MONOTONIC_USEC=".Length..]), before * 1000 - 1_000_000, long.MaxValue);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("vsock:2:1234")]
    [InlineData("/nobody/listens/here")]
    public void Where_nobody_listens_nothing_happens(string? address)
    {
        var notifier = new ServiceNotifier(address);

        notifier.Ready();

        Assert.Equal(address == "/nobody/listens/here", notifier.IsHeard);
    }

    private static async Task<string> NextAsync(DatagramSocket socket) => Encoding.UTF8.GetString(await socket.NextAsync());
}
