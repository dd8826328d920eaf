using System.Net.Http.Headers;
using System.Text.Json;

namespace Agent.EndToEnd.Support;

/// <summary>An answer of the agent.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Body.</param>
public sealed record Answer(int Status, byte[] Body)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Body);
}

/// <summary>Speaks HTTP with an agent as a central tool would, with its key.</summary>
public sealed class AgentApi : IDisposable
{
    private static readonly JsonSerializerOptions Plain = new() { PropertyNameCaseInsensitive = true };
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly HttpClient _client;

    public AgentApi(Uri url, string key, HttpMessageHandler connection)
    {
        (Url, Key) = (url, key);
        _client = new HttpClient(connection) { BaseAddress = url, Timeout = TimeSpan.FromSeconds(30) };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public Uri Url { get; }

    public string Key { get; }

    /// <summary>Where something is, for a program that is to fetch it.</summary>
    public string UrlOf(string path) => new Uri(Url, path).AbsoluteUri;

    /// <summary>Path of a file below a route, each part escaped.</summary>
    public static string PathOf(string route, string relative) =>
        $"{route}/{string.Join('/', relative.Split('/').Select(Uri.EscapeDataString))}";

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public async Task<Answer> SendAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        using var response = await _client.SendAsync(request);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync());
    }

    /// <summary>The catalogue; with <paramref name="all"/> the types too that repoinfo.json leaves out.</summary>
    public async Task<ImageList> ListAsync(bool all = false)
    {
        var answer = await GetAsync($"ogrepository/v1/images{(all ? "?all=true" : "")}");
        Assert.True(answer.Status == 200, $"{answer.Status}: {answer.Text}");
        return JsonSerializer.Deserialize<ImageList>(answer.Body, Plain)!;
    }

    /// <summary>The image of that path; null where it is not listed.</summary>
    public async Task<ListedImage?> FindAsync(string path) =>
        (await ListAsync(all: true)).Everywhere.SingleOrDefault(image => image.Path == path);

    /// <summary>The image of that path once it has digests and a torrent; null before.</summary>
    public async Task<ListedImage?> FindReadyAsync(string path) =>
        await FindAsync(path) is { FullSum: not null, InfoHash: not null } image ? image : null;

    public async Task<AgentStatus> StatusAsync()
    {
        var answer = await GetAsync("ogrepository/v1/status");
        Assert.True(answer.Status == 200, $"{answer.Status}: {answer.Text}");
        return JsonSerializer.Deserialize<AgentStatus>(answer.Body, Snake)!;
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>Answer of <c>GET /images</c>, as far as tests look at it.</summary>
public sealed record ImageList(bool Success, string Directory, List<ListedImage> Images, List<ListedOu> Ous)
{
    /// <summary>Common images and those of all OUs.</summary>
    public IEnumerable<ListedImage> Everywhere => Images.Concat(Ous.SelectMany(ou => ou.Images));
}

public sealed record ListedOu(string Subdir, List<ListedImage> Images);

/// <summary>One image as the API tells of it.</summary>
public sealed record ListedImage(
    string Name, string Type, string ClientName, string Clonator, string Compressor, string FileSystem, long DataSize, string Scope, long? Size,
    string Modified, string Mode, bool BackedUp, long? BackupSize, bool Locked, string? Ou, string Path, string? Sum, string? FullSum,
    string? Sha256, string? InfoHash);

/// <summary>Answer of <c>GET /status</c>, as far as tests look at it.</summary>
public sealed record AgentStatus(
    bool Success, string Version, List<string> Listen, long Revision, int Images, int Locked, int Indexed, ListeningPart? Tracker, ListeningPart? Seeder);

/// <summary>Tracker or seeder.</summary>
public sealed record ListeningPart(string Listen, int Torrents, int Peers, long UploadedBytes);
