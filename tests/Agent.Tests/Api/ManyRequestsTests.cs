using Agent.EndToEnd.Support;

namespace Agent.Tests.Api;

/// <summary>No request waits for another, nor for work that goes on meanwhile.</summary>
public sealed class ManyRequestsTests
{
    private const string Root = "/ogrepository/v1";

    [Fact]
    public async Task Two_hundred_requests_while_a_job_works_are_all_answered_and_right()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("A.img", [1, 2, 3]);
        var document = OpenApiContract.Parse(await agent.TextAsync("/openapi.json"));
        var job = $"{Root}/jobs/{await agent.HoldChecksAsync()}";
        (string Method, string Path, string? Body)[] requests =
        [
            ("GET", $"{Root}/images", null), ("GET", $"{Root}/images/A", null), ("GET", $"{Root}/status", null), ("GET", $"{Root}/jobs?state=RUNNING", null),
            ("GET", job, null), ("PUT", $"{Root}/images/set-global", """{"image":"A.img"}"""), ("GET", "/opengnsys/rest/repository/images", null), ("GET", "/images/A.img", null),
        ];

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(index => AskAsync(agent, requests[index % requests.Length])));

        Assert.All(answers, answer => Assert.Empty(document.FaultsOf(document.Find(answer.Method, answer.Path)!, answer.Status, answer.ContentType, answer.Body)));
        Assert.All(answers, answer => Assert.Equal((answer.Path, 200), (answer.Path, answer.Status)));
        Assert.Equal("RUNNING", (await agent.SendAsync("GET", job)).Body.GetProperty("state").GetString());
    }

    private static async Task<(string Method, string Path, int Status, string? ContentType, byte[] Body)> AskAsync(
        RunningAgent agent, (string Method, string Path, string? Body) request)
    {
        var (status, type, body) = await agent.AskAsWrittenAsync(request.Method, request.Path, request.Body);
        return (request.Method, request.Path, status, type, body);
    }
}
