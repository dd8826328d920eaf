using System.Text.Json;
using Agent.Images;
using Agent.Replication.Globals;
using Agent.Tests.Api;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Replication;

/// <summary>Global images between whole agents.</summary>
public sealed class GlobalImageTests : IAsyncLifetime
{
    private const string Key = "a-key-for-tests-only";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private RunningAgent _one = null!;
    private RunningAgent _two = null!;
    private RunningAgent _source = null!;

    public async Task InitializeAsync()
    {
        (_one, _two) = (await RunningAgent.StartAsync(), await RunningAgent.StartAsync());
        _source = await RunningAgent.StartAsync(Remote("one", _one.Url) + Remote("two", _two.Url));
    }

    [Fact]
    public async Task A_global_image_comes_to_every_repository_and_is_kept_in_step()
    {
        await _source.AddAsync("ou/A.img", Bytes(6_000_000, 1));

        await MarkAsync("global", "ou/A.img");
        await SeeAsync("ou/A.img", "up_to_date", "up_to_date");
        foreach (var agent in new[] { _one, _two })
        {
            Assert.Equal(Bytes(6_000_000, 1), File.ReadAllBytes(agent["ou/A.img"]));
            Assert.Equal(ImageScope.Global, Find(agent, "ou/A.img")!.Scope);
        }

        await _source.AddAsync("ou/A.img", Bytes(5_000_000, 2));
        await _one.SeeAsync(now => Find(now, "ou/A.img") is { IsLocked: false, Stamp.Length: 5_000_000 });
        await _two.SeeAsync(now => Find(now, "ou/A.img") is { IsLocked: false, Stamp.Length: 5_000_000 });
        await SeeAsync("ou/A.img", "up_to_date", "up_to_date");
        Assert.Equal(Bytes(5_000_000, 2), File.ReadAllBytes(_one["ou/A.img"]));
        Assert.Equal(Bytes(6_000_000, 1), File.ReadAllBytes(_one["ou/A.img.ant"]));
    }

    [Fact]
    public async Task Another_content_of_that_name_is_a_conflict_and_stays()
    {
        await _one.AddAsync("A.img", Bytes(1000, 7));
        await _source.AddAsync("A.img", Bytes(2000, 1));

        await MarkAsync("global", "A.img");
        await SeeAsync("A.img", "conflict", "up_to_date");

        Assert.Equal(Bytes(1000, 7), File.ReadAllBytes(_one["A.img"]));
        Assert.False(File.Exists(_one["A.img.ant"]));
    }

    [Fact]
    public async Task A_local_image_is_local_everywhere_and_nothing_is_deleted()
    {
        await _source.AddAsync("A.img", Bytes(2000, 1));
        await MarkAsync("global", "A.img");
        await SeeAsync("A.img", "up_to_date", "up_to_date");

        await MarkAsync("local", "A.img");

        await _one.SeeAsync(now => Find(now, "A.img") is { Scope: ImageScope.Local });
        await _two.SeeAsync(now => Find(now, "A.img") is { Scope: ImageScope.Local });
        await SeeAsync("A.img");
        Assert.True(File.Exists(_one["A.img"]) && File.Exists(_two["A.img"]));
    }

    [Fact]
    public async Task A_repository_that_is_away_is_told_and_tried_again()
    {
        await using var lonely = await RunningAgent.StartAsync(Remote("away", new Uri("http://127.0.0.1:1")));
        await lonely.AddAsync("A.img", Bytes(2000, 1));
        await lonely.SendAsync("PUT", "/ogrepository/v1/images/set-global", """{"image":"A.img"}""");

        var copy = await SeeAsync(lonely, copies => copies is [var one] && one.GetProperty("state").GetString() == "unreachable");

        Assert.True(copy[0].TryGetProperty("next_try", out _));
        Assert.Contains("away", copy[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Nothing is ever replaced but what both had before, and no difference is taken for none.</summary>
    [Fact]
    public void Only_what_was_common_is_replaced() => Prop.ForAll<byte, byte, byte>((here, there, common) =>
    {
        string? Hash(byte number) => number % 4 == 0 ? null : $"{number % 4}";
        var step = GlobalDecision.Of($"{here % 4}", Hash(there), Hash(common));
        Assert.Equal(Hash(there) is null, step == GlobalStep.Copy);
        Assert.Equal(Hash(there) == $"{here % 4}", step == GlobalStep.Nothing);
        if (step == GlobalStep.Replace)
            Assert.Equal(Hash(common), Hash(there));
        if (step == GlobalStep.Wait)
            Assert.Equal(Hash(common), $"{here % 4}");
    }).QuickCheckThrowOnFailure();

    public async Task DisposeAsync()
    {
        await _source.DisposeAsync();
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    private static string Remote(string name, Uri url) => $"""

        [[remote]]
        name = "{name}"
        url = "{url}"
        api_key = "{Key}"
        """;

    private async Task MarkAsync(string scope, string image)
    {
        var (status, answer) = await _source.SendAsync("PUT", $"/ogrepository/v1/images/set-{scope}", $$"""{"image":"{{image}}"}""");
        Assert.True(status == 200, answer.ToString());
    }

    private Task SeeAsync(string image, params string[] states) => SeeAsync(_source, copies =>
        copies.Where(copy => copy.GetProperty("image").GetString() == image).Select(copy => copy.GetProperty("state").GetString()).SequenceEqual(states));

    private static async Task<List<JsonElement>> SeeAsync(RunningAgent agent, Func<List<JsonElement>, bool> holds)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var (_, answer) = await agent.SendAsync("GET", "/ogrepository/v1/global");
            var copies = answer.GetProperty("copies").EnumerateArray().ToList();
            if (holds(copies))
                return copies;
            Assert.False(limit.IsCancellationRequested, answer.ToString());
            await Task.Delay(20);
        }
    }

    private static Image? Find(RunningAgent agent, string path) => Find(agent.Service<Catalogue>().Current, path);

    private static Image? Find(CatalogueSnapshot snapshot, string path) => snapshot.Images.SingleOrDefault(image => image.Id.RelativePath == path);

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
