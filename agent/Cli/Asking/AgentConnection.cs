using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Agent.Api;

namespace Agent.Cli.Asking;

/// <summary>Requests to a running agent. Each has a time limit, and what the agent refuses becomes a <see cref="CommandException"/>.</summary>
internal sealed class AgentConnection(HttpClient http) : IDisposable
{
    /// <summary>For what the agent answers from memory.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>For what moves or deletes files, or starts a program, before it is answered.</summary>
    private static readonly TimeSpan PatienceWithChanges = TimeSpan.FromMinutes(10);

    /// <summary>Where the agent is; ends with a slash.</summary>
    public Uri Address => http.BaseAddress!;

    /// <summary>True once it has answered anything at all.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>Asks for something.</summary>
    public Task<AgentAnswer> GetAsync(string path, CancellationToken cancellation) => GetAsync(path, Patience, cancellation);

    /// <summary>Asks for something that may take its time, or must not.</summary>
    public async Task<AgentAnswer> GetAsync(string path, TimeSpan patience, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        return await SendAsync(request, patience, cancellation);
    }

    /// <summary>Asks for what is sent bit by bit; the caller disposes of the answer.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        return await WithinAsync(Patience, async limit =>
        {
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit);
            HasAnswered = true;
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
                throw Refused(response, await response.Content.ReadAsByteArrayAsync(limit));
        }, cancellation);
    }

    /// <summary>Asks for a change that needs no body.</summary>
    public async Task<AgentAnswer> SendAsync(HttpMethod method, string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        return await SendAsync(request, cancellation);
    }

    /// <summary>Asks for a change.</summary>
    /// <param name="method">PUT or POST.</param>
    /// <param name="path">Relative to the address.</param>
    /// <param name="body">What is sent as JSON.</param>
    /// <param name="type">Its type.</param>
    /// <param name="cancellation">Ends the waiting, not the change.</param>
    /// <param name="prefer">A preference of RFC 7240, such as <c>respond-async</c>.</param>
    public async Task<AgentAnswer> SendAsync<T>(
        HttpMethod method, string path, T body, JsonTypeInfo<T> type, CancellationToken cancellation, string? prefer = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (prefer is not null)
            request.Headers.Add("Prefer", prefer);
        return await SendAsync(request, cancellation);
    }

    public void Dispose() => http.Dispose();

    private Task<AgentAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        SendAsync(request, request.Method == HttpMethod.Get ? Patience : PatienceWithChanges, cancellation);

    private Task<AgentAnswer> SendAsync(HttpRequestMessage request, TimeSpan patience, CancellationToken cancellation) =>
        WithinAsync(patience, async limit =>
        {
            using var response = await http.SendAsync(request, limit);
            var body = await response.Content.ReadAsByteArrayAsync(limit);
            HasAnswered = true;
            return response.IsSuccessStatusCode ? new AgentAnswer(response.StatusCode, body) : throw Refused(response, body);
        }, cancellation);

    private async Task<T> WithinAsync<T>(TimeSpan patience, Func<CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        try
        {
            return await ask(limit.Token);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(e.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Unreachable($"{Address} has not answered within {patience.TotalSeconds:F0} s.");
        }
    }

    private static CommandException Unreachable(string reason) =>
        new($"The agent cannot be reached: {reason} Is it running, and is --url right?", ExitCode.Unreachable);

    private CommandException Refused(HttpResponseMessage response, byte[] body)
    {
        var error = ReadError(body);
        var reason = error?.Error ?? PlainText(response, body) ?? $"{Address} answered {(int)response.StatusCode} {response.ReasonPhrase}.";
        return new CommandException(reason, IsWrongUsage(response.StatusCode, error?.Code) ? ExitCode.Usage : ExitCode.No);
    }

    /// <summary>True where the command line was wrong whatever images there are.</summary>
    private static bool IsWrongUsage(HttpStatusCode status, string? code) =>
        status == HttpStatusCode.Unauthorized || code is "parameter_invalid" or "field_missing" or "field_unknown" or "body_invalid" or "body_too_long";

    /// <summary>The sentence by which <c>/healthz</c> refuses.</summary>
    private static string? PlainText(HttpResponseMessage response, byte[] body) =>
        response.Content.Headers.ContentType?.MediaType == "text/plain" && body.Length is > 0 and < 1000 ? Encoding.UTF8.GetString(body).Trim() : null;

    private static ErrorResponse? ReadError(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ApiJson.Readable.ErrorResponse);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
