using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Agent.Benchmarks.Seeding;

namespace Agent.Benchmarks.Replicating;

/// <summary>The agent as it is delivered, with directories of its own.</summary>
internal sealed class BenchAgent : IAsyncDisposable
{
    private const string Key = "a-key-for-measurements-only";

    private static readonly TimeSpan TimeToStart = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http;
    private readonly ChildProcess _process;

    private BenchAgent(string root, string images, Uri url, string program)
    {
        (Images, Url) = (images, url);
        _http = new HttpClient { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        _process = ChildProcess.Start(program, ["serve", "--config", Path.Combine(root, "agent.toml")], root);
    }

    /// <summary>Its image directory.</summary>
    public string Images { get; }

    public Uri Url { get; }

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="root">Where its files are; made where it is missing.</param>
    /// <param name="images">Its image directory; one in <paramref name="root"/> where not said.</param>
    /// <exception cref="BenchmarkException">There is no binary, or it does not start.</exception>
    public static async Task<BenchAgent> StartAsync(string root, string? images = null)
    {
        var program = Environment.GetEnvironmentVariable("OGREPO_AGENT") ?? Path.GetFullPath("dist/ogrepo-agent");
        if (!File.Exists(program))
            throw new BenchmarkException($"{program} is missing: build it by scripts/build.sh, or name it in OGREPO_AGENT");
        images ??= Path.Combine(root, "images");
        Directory.CreateDirectory(root);
        Directory.CreateDirectory(images);
        var (port, tracker, seeder) = (SeedBenchmark.FreePort(), SeedBenchmark.FreePort(), SeedBenchmark.FreePort());
        await File.WriteAllTextAsync(Path.Combine(root, "agent.toml"), $"""
            [repository]
            images = "{images}"
            state = "{root}/state"
            settle = "200ms"
            [server]
            listen = "127.0.0.1:{port}"
            advertise = "127.0.0.1"
            api_key = "{Key}"
            [tracker]
            listen = "127.0.0.1:{tracker}"
            [seeder]
            listen = "127.0.0.1:{seeder}"
            """);
        var agent = new BenchAgent(root, images, new Uri($"http://127.0.0.1:{port}/"), program);
        await WaitAsync(async () => (await agent._http.GetAsync("healthz")).IsSuccessStatusCode, "it does not start");
        return agent;
    }

    /// <summary>Waits until an image has its torrent.</summary>
    public Task WaitForAsync(string image) => WaitAsync(async () =>
    {
        using var answer = await _http.GetAsync($"torrents/{image}.torrent");
        return answer.IsSuccessStatusCode;
    }, $"{image} is not indexed");

    /// <summary>Imports an image.</summary>
    /// <returns>Bytes that came from the agent that has it, by web server and seeder.</returns>
    /// <exception cref="BenchmarkException">That failed.</exception>
    public async Task<long> ImportAsync(BenchAgent source, string image, bool isSpread)
    {
        var body = $$"""{"repo":"{{source.Url}}","image":"{{image}}","api_key":"{{Key}}","spread":{{(isSpread ? "true" : "false")}}}""";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync("ogrepository/v1/images/import-image", content);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
            throw new BenchmarkException($"an import failed: {text}");
        var seeder = await source.SeederAsync();
        using var result = JsonDocument.Parse(text);
        return result.RootElement.GetProperty("sources").EnumerateArray()
            .Where(from => from.GetProperty("name").GetString() is { } name && (name == seeder || name.StartsWith("http", StringComparison.Ordinal)))
            .Sum(from => from.GetProperty("bytes").GetInt64());
    }

    /// <summary>Deletes an image for good; one that is not there is no error.</summary>
    public async Task DeleteAsync(string image) => (await _http.DeleteAsync($"ogrepository/v1/images/{image}?method=permanent")).Dispose();

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _process.DisposeAsync();
    }

    private async Task<string?> SeederAsync()
    {
        using var status = JsonDocument.Parse(await _http.GetByteArrayAsync("ogrepository/v1/status"));
        return status.RootElement.GetProperty("seeder").GetProperty("listen").GetString();
    }

    private static async Task WaitAsync(Func<Task<bool>> holds, string otherwise)
    {
        using var limit = new CancellationTokenSource(TimeToStart);
        while (true)
        {
            try
            {
                if (await holds())
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            if (limit.IsCancellationRequested)
                throw new BenchmarkException($"{otherwise} within {TimeToStart.TotalSeconds:F0} s");
            await Task.Delay(Glance);
        }
    }
}
