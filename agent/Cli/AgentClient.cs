using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Agent.Api;

namespace Agent.Cli;

/// <summary>The options by which a command finds a running agent, and its requests to it.</summary>
internal sealed class AgentClient
{
    private const string DefaultUrl = "http://127.0.0.1:8006";
    private static readonly string[] DefaultKeyFiles = ["/etc/ogrepo-agent/api.key", "/var/lib/ogrepo-agent/api.key"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Option<string?> _url = new("--url") { Description = $"Where the agent is. Default: OGREPO_URL, else {DefaultUrl}.", HelpName = "URL" };
    private readonly Option<string?> _keyFile = new("--key-file")
    {
        Description = $"File with the API key. Default: the key in OGREPO_API_KEY, else {string.Join(" or ", DefaultKeyFiles)}.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print the agent's answer as JSON, for programs." };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_url);
        command.Options.Add(_keyFile);
        command.Options.Add(_json);
    }

    /// <summary>Asks for <paramref name="path"/> and prints the answer, by <paramref name="print"/> or as it came.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> PrintAsync<T>(ParseResult parsed, string path, JsonTypeInfo<T> type, Action<T> print, CancellationToken cancellation)
    {
        try
        {
            using var client = Connect(parsed);
            using var response = await client.GetAsync(new Uri(path, UriKind.Relative), cancellation);
            var body = await response.Content.ReadAsByteArrayAsync(cancellation);
            if (!response.IsSuccessStatusCode)
                return Refused(client.BaseAddress!, response, body);
            if (parsed.GetValue(_json))
                Console.WriteLine(System.Text.Encoding.UTF8.GetString(body));
            else
                print(JsonSerializer.Deserialize(body, type)!);
            return ExitCode.Done;
        }
        catch (UsageException e)
        {
            return Tell(e.Message, ExitCode.Usage);
        }
        catch (JsonException)
        {
            return Tell("What answered is no ogrepo-agent, or one of another version.", ExitCode.Unreachable);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return Tell($"The agent cannot be reached: {e.Message} Is it running, and is --url right?", ExitCode.Unreachable);
        }
    }

    private HttpClient Connect(ParseResult parsed)
    {
        var url = parsed.GetValue(_url) ?? Environment.GetEnvironmentVariable("OGREPO_URL") ?? DefaultUrl;
        if (!Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new UsageException($"\"{url}\" is not a URL; write for example {DefaultUrl}");
        var client = new HttpClient { BaseAddress = address, Timeout = Patience };
        if (Key(parsed.GetValue(_keyFile)) is { } key)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static string? Key(string? file)
    {
        if (file is null && Environment.GetEnvironmentVariable("OGREPO_API_KEY") is { Length: > 0 } key)
            return key;
        try
        {
            var path = file ?? Array.Find(DefaultKeyFiles, File.Exists);
            return path is null ? null : File.ReadLines(path).FirstOrDefault("").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The API key cannot be read: {e.Message}");
        }
    }

    private static int Refused(Uri address, HttpResponseMessage response, byte[] body)
    {
        var reason = ReadError(body) ?? $"{address} answered {(int)response.StatusCode} {response.ReasonPhrase}.";
        return Tell(reason, response.StatusCode is System.Net.HttpStatusCode.Unauthorized ? ExitCode.Usage : ExitCode.No);
    }

    private static string? ReadError(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ApiJson.Readable.ErrorResponse)?.Error;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static int Tell(string message, int exitCode)
    {
        Console.Error.WriteLine(message);
        return exitCode;
    }

    private sealed class UsageException(string message) : Exception(message);
}
