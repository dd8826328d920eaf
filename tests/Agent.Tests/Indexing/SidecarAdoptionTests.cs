using System.Security.Cryptography;
using Agent.Images;
using Agent.Indexing.Checking;
using Agent.Indexing.Hashing;
using Agent.Tests.Support;

namespace Agent.Tests.Indexing;

/// <summary>An existing repository with sums and torrents, as OpenGnsys leaves it, and an agent that is told to believe them.</summary>
public sealed class SidecarAdoptionTests : IAsyncLifetime
{
    private const int Length = 9_000_000;

    private readonly byte[] _content = RandomNumberGenerator.GetBytes(Length);
    private RunningCatalogue _catalogue = null!;

    public async Task InitializeAsync()
    {
        _catalogue = await RunningCatalogue.StartAsync();
        await _catalogue.AddIndexedAsync("a.img", _content);
        // All that the agent ever knew of it is forgotten; the files stay.
        await _catalogue.RestartAsync(forget: true);
    }

    [Fact]
    public async Task Valid_sidecars_are_taken_over_unread_and_verified_later()
    {
        // Only a reading would notice.
        RottenBits.Flip(_catalogue["a.img"], 1_000_000);

        var image = await IndexAsync();

        Assert.Equal((CheckState.Trusted, "", null), (image.Check.State, image.Digests!.Sha256, image.Check.GoodAt));
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(_content)), image.Digests.FullMd5);
        Assert.NotNull(image.Sidecars!.Torrent);
        Assert.Equal(image, new CheckSchedule(every: null).At(_catalogue.Catalogue.Current, DateTimeOffset.UtcNow, _ => false).First);
        var outcome = await CheckAsync(image);
        Assert.Equal((CheckState.Damaged, 0), (outcome.State, Assert.Single(outcome.BadPieces).Index));
    }

    [Fact]
    public async Task Verifying_makes_the_rest_known()
    {
        var image = await IndexAsync();

        Assert.True((await CheckAsync(image)).IsClean);

        var now = _catalogue.Find("a.img")!;
        Assert.Equal((CheckState.Good, Convert.ToHexStringLower(SHA256.HashData(_content))), (now.Check.State, now.Digests!.Sha256));
        Assert.Equal(image.Digests!.InfoHash, now.Digests.InfoHash);
    }

    [Fact]
    public async Task Sidecars_of_another_content_are_found_out_and_written_again()
    {
        // Same size, same last 1 MiB, older than its sums: all that can be seen without reading fits.
        var other = RandomNumberGenerator.GetBytes(Length);
        _content.AsSpan(Length - (1 << 20)).CopyTo(other.AsSpan(Length - (1 << 20)));
        File.WriteAllBytes(_catalogue["a.img"], other);
        File.SetLastWriteTimeUtc(_catalogue["a.img"], new DateTime(2024, 5, 17, 12, 0, 0, DateTimeKind.Utc));
        var image = await IndexAsync();
        Assert.Equal(CheckState.Trusted, image.Check.State);

        var outcome = await CheckAsync(image);

        Assert.Equal((CheckState.Good, false), (outcome.State, outcome.IsClean));
        Assert.Equal(Sidecar.Computed, outcome.WrongSidecars);
        var now = _catalogue.Find("a.img")!;
        Assert.Equal((CheckState.Good, Convert.ToHexStringLower(MD5.HashData(other))), (now.Check.State, now.Digests!.FullMd5));
        Assert.Equal(now.Digests.FullMd5 + "\n", File.ReadAllText(_catalogue["a.img.full.sum"]));
    }

    [Theory]
    [InlineData("no sum")]
    [InlineData("no full sum")]
    [InlineData("no torrent")]
    [InlineData("torn sum")]
    [InlineData("other sum")]
    [InlineData("full sum of another content")]
    [InlineData("torrent of another size")]
    [InlineData("torrent of another name")]
    [InlineData("no torrent at all")]
    [InlineData("sum older than the image")]
    [InlineData("torrent is a link")]
    public async Task What_does_not_fit_is_not_believed(string fault)
    {
        Spoil(fault);

        var image = await IndexAsync();

        Assert.Equal(CheckState.Good, image.Check.State);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_content)), image.Digests!.Sha256);
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(_content)) + "\n", File.ReadAllText(_catalogue["a.img.full.sum"]));
    }

    [Fact]
    public async Task Without_being_told_so_nothing_is_believed()
    {
        var image = await IndexAsync(trust: false);

        Assert.Equal(CheckState.Good, image.Check.State);
    }

    public Task DisposeAsync() => _catalogue.DisposeAsync().AsTask();

    private void Spoil(string fault)
    {
        var (sum, full, torrent) = (_catalogue["a.img.sum"], _catalogue["a.img.full.sum"], _catalogue["a.img.torrent"]);
        switch (fault)
        {
            case "no sum": File.Delete(sum); break;
            case "no full sum": File.Delete(full); break;
            case "no torrent": File.Delete(torrent); break;
            case "torn sum": File.WriteAllText(sum, "0123456789"); break;
            case "other sum": File.WriteAllText(sum, "0123456789abcdef0123456789abcdef\n"); break;
            case "full sum of another content": File.WriteAllText(full, "0123456789abcdef0123456789abcdef\n"); break;
            case "torrent of another size": Replace(torrent, "lengthi9000000e", "lengthi9000001e"); break;
            case "torrent of another name": Replace(torrent, "4:name5:a.img", "4:name5:b.img"); break;
            case "no torrent at all": File.WriteAllText(torrent, "d4:spam"); break;
            case "sum older than the image": File.SetLastWriteTimeUtc(sum, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc)); break;
            case "torrent is a link":
                File.Move(torrent, torrent + ".real");
                File.CreateSymbolicLink(torrent, torrent + ".real");
                break;
            default: throw new ArgumentOutOfRangeException(nameof(fault), fault, "unknown");
        }
    }

    private static void Replace(string path, string old, string now) =>
        File.WriteAllText(path, File.ReadAllText(path, System.Text.Encoding.Latin1).Replace(old, now, StringComparison.Ordinal), System.Text.Encoding.Latin1);

    private async Task<Image> IndexAsync(bool trust = true)
    {
        using var indexing = _catalogue.Indexing(() => IndexedImages.Addresses, trust);
        await _catalogue.RescanAsync();
        await indexing.StartAsync(CancellationToken.None);
        await _catalogue.WaitForAsync(now => now.Images.Single().Sidecars is not null);
        await indexing.StopAsync(CancellationToken.None);
        return _catalogue.Find("a.img")!;
    }

    private Task<CheckOutcome> CheckAsync(Image image) => _catalogue.Checks(() => IndexedImages.Addresses, TimeProvider.System)
        .RunAsync(image, full: false, ReadPriority.Requested, null, CancellationToken.None);
}
