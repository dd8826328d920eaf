using Agent.Configuration;
using Agent.Cvmfs.Publishing;
using Agent.Tests.BitTorrent.Support;
using Agent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tests.Cvmfs;

/// <summary>When revisions come, by a clock that moves only when told to.</summary>
public sealed class RevisionTests : IAsyncLifetime
{
    private const string Name = "images.example.org";
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly TemporaryDirectory _files = new();
    private readonly ManualTime _time = new();
    private RunningCatalogue _catalogue = null!;
    private PublishingService _publishing = null!;

    public async Task InitializeAsync()
    {
        _catalogue = await RunningCatalogue.StartAsync();
        var settings = new PublishingSettings(_files["cvmfs"], Name, "1.2.3+ogrepo-agent", new CvmfsOptions());
        MadeKeys.In(settings.Keys);
        _publishing = new PublishingService(settings, _catalogue.Catalogue, _catalogue.Images, _time, NullLogger<PublishingService>.Instance);
        await _publishing.StartAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_revision_is_served_within_a_second_of_the_catalogues()
    {
        await _catalogue.AddIndexedAsync("A.img", [1, 2, 3]);
        Assert.InRange(await TimeUntilListedAsync([1, 2, 3]), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        var first = await RevisionAsync();

        await _catalogue.AddIndexedAsync("B.img", [4, 5, 6]);

        Assert.InRange(await TimeUntilListedAsync([4, 5, 6]), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.True(await RevisionAsync() > first);
    }

    [Fact]
    public async Task A_catalogue_with_the_same_content_is_no_revision()
    {
        await _catalogue.AddIndexedAsync("A.img", [1, 2, 3]);
        await TimeUntilListedAsync([1, 2, 3]);
        var before = await _publishing.ManifestAsync(Name, CancellationToken.None);

        await _catalogue.RescanAsync();
        for (var i = 0; i < 20; i++)
            _time.Advance(Step);

        Assert.Equal(before, await _publishing.ManifestAsync(Name, CancellationToken.None));
    }

    public async Task DisposeAsync()
    {
        await _publishing.StopAsync(CancellationToken.None);
        _publishing.Dispose();
        await _catalogue.DisposeAsync();
        _files.Dispose();
    }

    /// <summary>How much time has to go by until an image of that content is listed; the clock stands still while the service is at work.</summary>
    private async Task<TimeSpan> TimeUntilListedAsync(byte[] content)
    {
        var begin = _time.GetUtcNow();
        await Eventually.TrueAsync(() => IsListed(content), () =>
        {
            if (_time.WaitingTimers > 0)
                _time.Advance(Step);
        });
        return _time.GetUtcNow() - begin;
    }

    private bool IsListed(byte[] content) =>
        _publishing.ManifestAsync(Name, CancellationToken.None).GetAwaiter().GetResult() is not null && _publishing.PartOf(Name, ObjectHash.Of(content), '\0') is not null;

    private async Task<long> RevisionAsync() =>
        PublishedManifest.TryParse(await _publishing.ManifestAsync(Name, CancellationToken.None), out var manifest) ? manifest.Revision : 0;
}
