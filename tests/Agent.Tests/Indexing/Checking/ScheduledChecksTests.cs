using Agent.Images;
using Agent.Indexing;
using Agent.Indexing.Checking;
using Agent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tests.Indexing.Checking;

public sealed class ScheduledChecksTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TorrentAddresses Addresses = new("http://192.168.1.5:6969/announce", null);

    private readonly ManualTime _time = new();
    private RunningCatalogue _catalogue = null!;

    public async Task InitializeAsync()
    {
        _catalogue = await RunningCatalogue.StartAsync();
        foreach (var path in (string[])["a.img", "b.img", "ou/c.img"])
        {
            _catalogue.Write(path, new byte[5_000_000]);
            File.SetLastWriteTimeUtc(_catalogue[path], new DateTime(2024, 5, 17, 12, 0, 0, DateTimeKind.Utc));
        }
        await _catalogue.RescanAsync();
        using var indexing = _catalogue.Indexing(() => Addresses, trust: false);
        await indexing.StartAsync(CancellationToken.None);
        await _catalogue.WaitForAsync(now => now.Images.All(image => image.Sidecars is not null));
        await indexing.StopAsync(CancellationToken.None);
        foreach (var image in _catalogue.Catalogue.Current.Images)
            await _catalogue.Writer.RecordCheckAsync(image.Id, image.Stamp, CheckMark.Good(_time.GetUtcNow()), null, CancellationToken.None);
    }

    [Fact]
    public async Task Every_image_is_read_once_in_the_time_over_restarts_too()
    {
        RottenBits.Flip(_catalogue["b.img"], 4_500_000);
        var begun = _time.GetUtcNow();
        var service = await StartAsync();
        Pass(TimeSpan.FromDays(7) - TimeSpan.FromHours(1));
        Assert.All(Marks(), mark => Assert.Equal(begun, mark.CheckedAt));

        Pass(TimeSpan.FromHours(2));
        Assert.All(Marks(), mark => Assert.InRange(mark.CheckedAt!.Value, begun.AddDays(7), begun.AddDays(7).AddHours(1)));
        Assert.Equal([CheckState.Good, CheckState.Damaged, CheckState.Good], Marks().Select(mark => mark.State));
        Assert.Equal("1", _catalogue.Find("b.img")!.BadPieces);
        await StopAsync(service);
        var marks = Marks();

        await _catalogue.RestartAsync();
        service = await StartAsync();
        Pass(TimeSpan.FromDays(6));
        Assert.Equal(marks, Marks());
        await StopAsync(service);

        List<CheckMark> Marks() => [.. _catalogue.Catalogue.Current.Images.Select(image => image.Check)];
    }

    public Task DisposeAsync() => _catalogue.DisposeAsync().AsTask();

    private async Task<ScheduledChecks> StartAsync()
    {
        var schedule = new CheckSchedule(TimeSpan.FromDays(7));
        var service = new ScheduledChecks(_catalogue.Catalogue, _catalogue.Checks(() => Addresses, _time), schedule, _time, NullLogger<ScheduledChecks>.Instance);
        await service.StartAsync(CancellationToken.None);
        return service;
    }

    private static async Task StopAsync(ScheduledChecks service)
    {
        await service.StopAsync(CancellationToken.None);
        service.Dispose();
    }

    /// <summary>Lets time pass, but only while the service sleeps: what it reads takes none.</summary>
    private void Pass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromHours(1))
        {
            Sleeps();
            _time.Advance(TimeSpan.FromHours(1));
        }
        Sleeps();

        void Sleeps() => Assert.True(SpinWait.SpinUntil(() => _time.WaitingTimers > 0, Limit));
    }
}
