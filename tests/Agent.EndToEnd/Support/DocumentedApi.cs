using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Agent.EndToEnd.Support;

/// <summary>An answer that was found to be as <c>/openapi.json</c> says.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Headers">Headers by lower-case name.</param>
/// <param name="Body">Body.</param>
internal sealed record DocumentedAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>Asks an agent and holds every answer to the agent's own document, noting which operations were asked for.</summary>
internal sealed class DocumentedApi : IDisposable
{
    private readonly HttpClient _client;
    private readonly ConcurrentDictionary<string, bool> _asked = [];

    private DocumentedApi(HttpClient client, OpenApiContract document) => (_client, Document) = (client, document);

    public OpenApiContract Document { get; }

    /// <summary>Operations that nobody has asked for yet.</summary>
    public IEnumerable<string> NotAsked => Document.Operations.Except(_asked.Keys);

    public static async Task<DocumentedApi> OpenAsync(AgentApi api)
    {
        var client = new HttpClient { BaseAddress = api.Url, Timeout = TimeSpan.FromMinutes(2) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(api.Key);
        return new DocumentedApi(client, OpenApiContract.Parse(await client.GetStringAsync("openapi.json")));
    }

    /// <summary>Asks, and fails unless the answer has that status and is as documented.</summary>
    public async Task<DocumentedAnswer> AskAsync(int status, string method, string path, string? body = null, string? prefer = null, string? key = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (prefer is not null)
            request.Headers.Add("Prefer", prefer);
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue(key);
        using var response = await _client.SendAsync(request);
        var answer = await AnswerOfAsync(response);
        Assert.True(status == answer.Status, $"{method} {path}: expected {status}, got {answer.Status}: {answer.Text}");
        Hold(method, path, answer);
        return answer;
    }

    /// <summary>The first event of a stream that has no end.</summary>
    public async Task<string> FirstEventAsync(string path)
    {
        using var response = await _client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        using var stream = new StreamReader(await response.Content.ReadAsStreamAsync());
        var told = new StringBuilder();
        while (await stream.ReadLineAsync() is { Length: > 0 } line)
            told.Append(line).Append('\n');
        Hold("GET", path, new DocumentedAnswer((int)response.StatusCode, HeadersOf(response), Encoding.UTF8.GetBytes($"{told}\n")));
        return told.ToString();
    }

    public void Dispose() => _client.Dispose();

    private void Hold(string method, string path, DocumentedAnswer answer)
    {
        var operation = Document.Find(method, path);
        Assert.True(operation is not null, $"{method} {path} is not documented");
        _asked[operation] = true;
        var faults = Document.FaultsOf(operation, answer.Status, answer.Headers.GetValueOrDefault("content-type"), answer.Body);
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private static async Task<DocumentedAnswer> AnswerOfAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode, HeadersOf(response), await response.Content.ReadAsByteArrayAsync());

    private static Dictionary<string, string> HeadersOf(HttpResponseMessage response) =>
        response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key.ToLowerInvariant(), header => string.Join(", ", header.Value));
}
