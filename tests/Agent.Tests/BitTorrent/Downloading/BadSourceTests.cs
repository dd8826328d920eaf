using Agent.BitTorrent.Downloading;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Seeding;
using Agent.Common;
using Agent.Tests.BitTorrent.Support;
using Microsoft.AspNetCore.Http;
using Xunit.Abstractions;

namespace Agent.Tests.BitTorrent.Downloading;

/// <summary>Peers and web servers that lie, stall or speak nonsense cost a download nothing but a little time.</summary>
public sealed class BadSourceTests(ITestOutputHelper output)
{
    private const int Piece = PieceLayout.OpenGnsysPieceLength;
    private const int Length = 9 * Piece + 12_345;

    private static readonly DownloadSettings Impatient = TestDownload.Settings with { StallTimeout = TimeSpan.FromSeconds(5) };

    [Fact]
    public async Task A_seed_that_lies_is_banned_and_the_others_give_the_file()
    {
        // The honest one is slow, so that the other has the time to lie.
        await using var honest = await TestSwarm.StartAsync(seeder: new SeederSettings { Limits = new UploadLimits { Total = 2 * Piece } });
        await using var liar = await TestSwarm.StartAsync();
        var image = honest.Share("a.img", Length);
        ShareDamaged(liar, image, at: [0, Piece + 5, 3 * Piece, 5 * Piece, 7 * Piece]);
        var target = TestDownload.Target(image, honest.Directory["copy.img"], liar.Seeder.LocalEndPoint, honest.Seeder.LocalEndPoint);

        var result = await TestDownload.RunAsync(target, logs: new OutputLogs(output));

        Assert.Equal(image.Md5, TestImage.Md5Of(target.FilePath));
        Assert.Null(Assert.Single(result.Sources, source => source.Name == honest.Seeder.LocalEndPoint.ToString()).Banned);
        Assert.Matches("^it gave wrong data of piece", Assert.Single(result.Sources, source => source.Name == liar.Seeder.LocalEndPoint.ToString()).Banned);
    }

    [Fact]
    public async Task A_seed_with_one_bad_piece_alone_gives_an_error_and_nothing_unverified()
    {
        await using var liar = await TestSwarm.StartAsync();
        var image = TestImage.Create(liar.Directory, "a.img", Length);
        ShareDamaged(liar, image, at: [4 * Piece]);
        var target = TestDownload.Target(image, liar.Directory["copy.img"], liar.Seeder.LocalEndPoint);

        var error = await Assert.ThrowsAsync<DownloadException>(() => TestDownload.RunAsync(target, Impatient));

        Assert.Contains($"{liar.Seeder.LocalEndPoint}: it gave wrong data of piece 4", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(target.FilePath));
        AssertNothingUnverified(target, image);
    }

    [Fact]
    public async Task What_a_stalled_seed_owes_is_asked_of_others()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using var idle = IdleSeed.Start(image.InfoHash, unchokes: true);
        var target = TestDownload.Target(image, swarm.Directory["copy.img"], idle.EndPoint, swarm.Seeder.LocalEndPoint);

        await TestDownload.RunAsync(target, TestDownload.Settings with { BlockTimeout = TimeSpan.FromSeconds(1), MaxBuffered = 2 * Piece });

        Assert.Equal(image.Md5, TestImage.Md5Of(target.FilePath));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_seed_that_gives_nothing_at_all_ends_in_an_error(bool unchokes)
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = TestImage.Create(swarm.Directory, "a.img", Length);
        using var idle = IdleSeed.Start(image.InfoHash, unchokes);
        var target = TestDownload.Target(image, swarm.Directory["copy.img"], idle.EndPoint);
        var settings = TestDownload.Settings with { StallTimeout = TimeSpan.FromSeconds(6), BlockTimeout = TimeSpan.FromSeconds(30) };

        var error = await Assert.ThrowsAsync<DownloadException>(() => TestDownload.RunAsync(target, settings));

        Assert.EndsWith($"1 peers linked, of which {(unchokes ? 0 : 1)} give nothing", error.Message, StringComparison.Ordinal);
        Assert.Equal(unchokes, idle.Requests > 0);
    }

    [Fact]
    public async Task Nobody_who_has_the_file_is_an_error_that_says_where_was_looked()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = TestImage.Create(swarm.Directory, "a.img", 100, swarm.AnnounceUrl);

        var error = await Assert.ThrowsAsync<DownloadException>(() => TestDownload.RunAsync(
            TestDownload.Target(image, swarm.Directory["copy.img"]), TestDownload.Settings with { StallTimeout = TimeSpan.FromSeconds(2) }));

        Assert.Contains($"tracker {swarm.AnnounceUrl}: it refuses:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_web_seed_without_ranges_is_read_from_its_beginning()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = TestImage.Create(swarm.Directory, "a.img", Length);
        await using var web = await TestWebServer.ServeAsync(_ => Results.Bytes(image.Content));

        await TestDownload.RunAsync(new DownloadTarget(image.Metainfo, swarm.Directory["copy.img"]) { WebSeeds = [web.Url] });

        Assert.Equal(image.Md5, TestImage.Md5Of(swarm.Directory["copy.img"]));
    }

    [Fact]
    public async Task A_web_seed_is_asked_for_whole_pieces_in_ranges()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = TestImage.Create(swarm.Directory, "a.img", 2 * Piece + 5);
        await using var web = await TestWebServer.ServeAsync(image.Content);

        await TestDownload.RunAsync(new DownloadTarget(image.Metainfo, swarm.Directory["copy.img"]) { WebSeeds = [web.Url] });

        Assert.Equal(image.Md5, TestImage.Md5Of(swarm.Directory["copy.img"]));
        Assert.Subset(
            web.Ranges.ToHashSet(), new HashSet<string> { $"bytes=0-{Piece - 1}", $"bytes={Piece}-{2 * Piece - 1}" });
    }

    [Theory]
    [InlineData("404", "it answers with status 404")]
    [InlineData("416", "it answers with status 416")]
    [InlineData("longer", "its file has 100000000 bytes")]
    [InlineData("shifted", "it sends bytes 5-")]
    [InlineData("wrong", "it gave wrong data of piece")]
    public async Task A_web_seed_that_is_of_no_use_ends_in_an_error_that_says_why(string fault, string reason)
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = TestImage.Create(swarm.Directory, "a.img", 3 * Piece);
        await using var web = await TestWebServer.ServeAsync(context => fault switch
        {
            "404" => Results.NotFound(),
            "416" => Results.StatusCode(416),
            "longer" => Results.Bytes(new byte[100_000_000], enableRangeProcessing: true),
            "shifted" => Shifted(context),
            _ => Results.Bytes(new byte[3 * Piece], enableRangeProcessing: true),
        });
        var target = new DownloadTarget(image.Metainfo, swarm.Directory["copy.img"]) { WebSeeds = [web.Url] };

        var error = await Assert.ThrowsAsync<DownloadException>(() => TestDownload.RunAsync(target, Impatient));

        Assert.Contains($"web seed {web.Url}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        AssertNothingUnverified(target, image);
    }

    [Fact]
    public async Task A_web_seed_that_breaks_off_again_and_again_still_gives_the_file()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = TestImage.Create(swarm.Directory, "a.img", 3 * Piece);
        var answers = 0;
        await using var web = await TestWebServer.ServeAsync(context =>
        {
            if (Interlocked.Increment(ref answers) % 2 == 0)
                return Results.Bytes(image.Content, enableRangeProcessing: true);
            var range = context.Request.Headers.Range.ToString();
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {range["bytes=".Length..]}/{image.Content.Length}";
            return Results.Bytes(image.Content.AsSpan(int.Parse(range["bytes=".Length..range.IndexOf('-')]), 100_000).ToArray());
        });

        await TestDownload.RunAsync(new DownloadTarget(image.Metainfo, swarm.Directory["copy.img"]) { WebSeeds = [web.Url] });

        Assert.Equal(image.Md5, TestImage.Md5Of(swarm.Directory["copy.img"]));
    }

    private static IResult Shifted(HttpContext context)
    {
        context.Response.StatusCode = 206;
        context.Response.Headers.ContentRange = $"bytes 5-{Piece + 4}/{3 * Piece}";
        return Results.Bytes(new byte[Piece]);
    }

    /// <summary>A seeder that has other bytes than the torrent says, without knowing it.</summary>
    private static void ShareDamaged(TestSwarm liar, TestImage image, int[] at)
    {
        var damaged = image.Content.ToArray();
        foreach (var place in at)
            damaged[place] ^= 1;
        var path = liar.Directory.Write("damaged.img", damaged);
        liar.Registry.Share(image.Shared with { FilePath = path, Stamp = FileStamp.Of(path)!.Value });
    }

    private static void AssertNothingUnverified(DownloadTarget target, TestImage image)
    {
        var written = File.ReadAllBytes(target.PartialPath);
        for (var start = 0; start < written.Length; start += Piece)
        {
            var piece = written.AsSpan(start, Math.Min(Piece, written.Length - start));
            var isRight = piece.SequenceEqual(image.Content.AsSpan(start, piece.Length));
            Assert.True(isRight || !piece.ContainsAnyExcept((byte)0), $"what was written at {start} is neither right nor a hole");
        }
    }
}
