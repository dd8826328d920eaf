using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Agent.Common;
using Agent.Configuration;
using Agent.Hosting;
using Agent.Images;
using Agent.Jobs;
using Agent.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Tests.Api;

/// <summary>The whole agent in this process, with real services, directories and sockets of the test's own.</summary>
public sealed class RunningAgent : IAsyncDisposable
{
    private const string Key = "a-key-for-tests-only";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly TemporaryDirectory _files = new();
    private readonly WebApplication _app;
    private HttpClient _client = new();

    private RunningAgent(string more, bool withSeeder, string publicNetworks)
    {
        Directory.CreateDirectory(_files["images"]);
        Directory.CreateDirectory(_files["state"]);
        var toml = $"""
            [repository]
            images = "{_files["images"]}"
            state = "{_files["state"]}"
            settle = "0ms"
            [server]
            listen = "127.0.0.1:0"
            advertise = "127.0.0.1"
            api_key = "{Key}"
            public_networks = ["{publicNetworks}"]
            [tracker]
            listen = "127.0.0.1:0"
            [seeder]
            listen = "127.0.0.1:0"
            enabled = {(withSeeder ? "true" : "false")}
            {more.Replace("DIR", _files.Root)}
            """;
        _app = AgentServer.Build(AgentConfiguration.Parse(Encoding.UTF8.GetBytes(toml), "test").Check(), ParseKey());
    }

    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public Uri Url => _client.BaseAddress!;

    /// <summary>Where it publishes copies of other repositories, if it was told to.</summary>
    public Uri ReplicaUrl => new(_app.Urls.Last());

    public string this[string relative] => _files[$"images/{relative}"];

    /// <summary>A path beside images, trash and state.</summary>
    public string Beside(string name) => _files[name];

    /// <summary>Starts an agent.</summary>
    /// <param name="more">Further tables of its configuration; <c>DIR</c> stands for the directory around all of its directories.</param>
    /// <param name="withSeeder">Whether it gives data to peers.</param>
    /// <param name="publicNetworks">Who may read what is public.</param>
    public static async Task<RunningAgent> StartAsync(string more = "", bool withSeeder = true, string publicNetworks = "0.0.0.0/0")
    {
        var agent = new RunningAgent(more, withSeeder, publicNetworks);
        await agent._app.StartAsync();
        agent._client = new HttpClient { BaseAddress = new Uri(agent._app.Urls.First()), Timeout = Limit };
        agent._client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(Key);
        return agent;
    }

    /// <summary>
    /// Changes one byte of an image as a disk would: no time of the file tells of it in the end, and no event, because it is written by a
    /// name outside the watched directory. By its own name the agent could see the moment in which the time is another.
    /// </summary>
    public void Rot(string relative, long offset)
    {
        var other = _files["another-name"];
        var modified = File.GetLastWriteTimeUtc(this[relative]);
        using (var ln = Process.Start("ln", [this[relative], other]))
            ln.WaitForExit();
        using (var image = File.OpenHandle(other, FileMode.Open, FileAccess.ReadWrite))
        {
            var one = new byte[1];
            RandomAccess.Read(image, one, offset);
            RandomAccess.Write(image, [(byte)~one[0]], offset);
        }
        File.SetLastWriteTimeUtc(other, modified);
        File.Delete(other);
    }

    /// <summary>Writes an image, over one that is there, and waits until it has digests and a torrent.</summary>
    public async Task AddAsync(string relative, byte[] content)
    {
        var incoming = _files.Write("incoming", content);
        // A time that .NET can set again exactly: it counts in tenths of microseconds.
        File.SetLastWriteTimeUtc(incoming, new DateTime(2024, 5, 17, 12, 0, 0, DateTimeKind.Utc));
        Directory.CreateDirectory(Path.GetDirectoryName(this[relative])!);
        File.Move(incoming, this[relative], overwrite: true);
        await Service<CatalogueWriter>().RescanAsync(CancellationToken.None).WaitAsync(Limit);
        await SeeAsync(snapshot => snapshot.Images.Any(image => image.Id.RelativePath == relative && image.Stamp.Length == content.Length && image.Sidecars?.Torrent is not null));
    }

    /// <summary>Keeps every check waiting behind one of an image that is far too large, and gives that one's job: cancelling it lets the others go on.</summary>
    public async Task<string> HoldChecksAsync()
    {
        using (var endless = File.OpenHandle(this["Endless.img"], FileMode.CreateNew, FileAccess.Write))
            RandomAccess.SetLength(endless, 100L << 30);
        await Service<CatalogueWriter>().RescanAsync(CancellationToken.None).WaitAsync(Limit);
        await SeeAsync(snapshot => snapshot.Images.Any(image => image.Id.RelativePath == "Endless.img"));
        await SendAsync("POST", "/ogrepository/v1/images/check-image", """{"image":"Endless.img"}""", prefer: "respond-async");
        return await SeeJobAsync("check", "RUNNING");
    }

    /// <summary>Waits for a job of a kind to be in a state, and gives its id.</summary>
    public async Task<string> SeeJobAsync(string kind, string state)
    {
        using var limit = new CancellationTokenSource(Limit);
        await foreach (var change in Service<JobQueue>().Watch(limit.Token))
        {
            if (change.Job.Kind == kind && change.Job.State.ToString().Equals(state, StringComparison.OrdinalIgnoreCase))
                return change.Job.Id.ToString();
        }
        throw new InvalidOperationException("The agent has ended");
    }

    /// <summary>Asks, with the path exactly as it is written.</summary>
    public async Task<(int Status, string? ContentType, byte[] Body)> AskAsWrittenAsync(string method, string path, string? body)
    {
        var uri = new Uri(Url.AbsoluteUri.TrimEnd('/') + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(new HttpMethod(method), uri);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _client.SendAsync(request);
        return ((int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), await response.Content.ReadAsByteArrayAsync());
    }

    public async Task SeeAsync(Func<CatalogueSnapshot, bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (Service<Catalogue>().Current is var snapshot && !condition(snapshot))
            await snapshot.Replaced.WaitAsync(limit.Token);
    }

    public async Task<(int Status, JsonElement Body)> SendAsync(string method, string path, string? body = null, string? prefer = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (prefer is not null)
            request.Headers.Add("Prefer", prefer);
        using var response = await _client.SendAsync(request);
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        return ((int)response.StatusCode, document.RootElement.Clone());
    }

    /// <summary>Asks, with headers, for whatever the answer may be.</summary>
    public Task<HttpResponseMessage> AskAsync(string method, string path, params (string Name, string Value)[] headers) => AskAsync(method, path, null, headers);

    /// <inheritdoc cref="AskAsync(string, string, ValueTuple{string, string}[])"/>
    public async Task<HttpResponseMessage> AskAsync(string method, string path, HttpContent? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await _client.SendAsync(request);
    }

    public async Task<string> TextAsync(string path) => await _client.GetStringAsync(path);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _files.Dispose();
    }

    private static Secret ParseKey() => Secret.TryParse(Key, out var secret) ? secret! : throw new InvalidOperationException();
}
