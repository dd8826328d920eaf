using System.Diagnostics;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Api;

/// <summary>No request waits for another, nor for work that goes on meanwhile.</summary>
[Collection(HeavyTests.Name)]
public sealed class ManyRequestsTests(ITestOutputHelper output)
{
    private const string Root = "/ogrepository/v1";

    /// <summary>A multiple of what it takes on a machine that has other things to do.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Two_hundred_requests_during_a_check_are_all_answered_quickly_and_right()
    {
        await using var repository = new TestRepository(output);
        await ExternalProgram.RunAsync("truncate", "-s", "6G", repository["Large.img"]);
        repository.Write("A.img", Contents.Random(100_000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("Large.img"), TimeSpan.FromMinutes(4));
        await agent.SeeAsync("the other is ready", () => agent.Api.FindReadyAsync("A.img"));
        using var api = await DocumentedApi.OpenAsync(agent.Api);
        var check = (await api.AskAsync(202, "POST", $"{Root}/images/check-image", """{"image":"Large.img","full":true}""", prefer: "respond-async")).Headers["location"];
        await agent.SeeAsync("the check reads", async () => (await api.AskAsync(200, "GET", check)).Json.TryGetProperty("progress", out _));

        (string Method, string Path, string? Body)[] requests =
        [
            ("GET", $"{Root}/images", null), ("GET", $"{Root}/images/A", null), ("GET", $"{Root}/status", null), ("GET", $"{Root}/jobs?state=RUNNING", null),
            ("GET", check, null), ("PUT", $"{Root}/images/set-global", """{"image":"A.img"}"""), ("GET", "/opengnsys/rest/repository/images", null), ("GET", "/images/A.img", null),
        ];
        var times = await Task.WhenAll(Enumerable.Range(0, 200).Select(async index =>
        {
            var (method, path, body) = requests[index % requests.Length];
            var clock = Stopwatch.StartNew();
            await api.AskAsync(200, method, path, body);
            return clock.Elapsed;
        }));

        output.WriteLine($"slowest of {times.Length}: {times.Max().TotalMilliseconds:F0} ms, median {times.Order().ElementAt(100).TotalMilliseconds:F0} ms");
        Assert.InRange(times.Max(), TimeSpan.Zero, Limit);
        await api.AskAsync(200, "GET", $"{check}/events");
        var ended = (await api.AskAsync(200, "GET", check)).Json;
        Assert.Equal(("FINISHED", "OK"), (ended.GetProperty("state").GetString(), ended.GetProperty("result").GetProperty("result").GetString()));
    }
}
