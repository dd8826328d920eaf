using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Agent.Common;
using Agent.Configuration;

namespace Agent.Diagnosis.Asking;

/// <summary>Asks the agent that may be running, where the configuration says it is and with the key of the configuration.</summary>
internal static class AgentProbe
{
    private const int LongestAnswer = 4 * 1024 * 1024;
    private const string StillStarting = "starting";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>Asks; whatever becomes of it is an answer.</summary>
    public static async Task<AgentAnswers> AskAsync(Surroundings surroundings)
    {
        var listen = surroundings.Options!.Server.Listen;
        var address = $"http://{Endpoints.Reachable(listen)}";
        if (listen.Port == 0)
            return new AgentAnswers(AgentPresence.Unknown, address, null, null);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = Patience })
        {
            BaseAddress = new Uri(address),
            Timeout = Patience,
            MaxResponseContentBufferSize = LongestAnswer,
        };
        try
        {
            var health = await http.GetAsync(new Uri("/healthz", UriKind.Relative));
            var text = await health.Content.ReadAsStringAsync();
            if (health.StatusCode != HttpStatusCode.Forbidden && !(health.IsSuccessStatusCode && text == "ok\n") && !text.StartsWith(StillStarting, StringComparison.Ordinal))
                return new AgentAnswers(AgentPresence.Stranger, address, $"answers {(int)health.StatusCode} to /healthz", null);
            return IsTrusted(surroundings)
                ? await StatusAsync(http, surroundings.Options, address)
                : new AgentAnswers(AgentPresence.Stranger, address, "belongs to a user that is not the agent's, so it was not shown the API key", null);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return new AgentAnswers(AgentPresence.Absent, address, null, null);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException)
        {
            return new AgentAnswers(AgentPresence.Stranger, address, e is OperationCanceledException ? $"does not answer within {Patience.TotalSeconds:F0} s" : $"does not answer as it should: {e.Message}", null);
        }
    }

    /// <summary>Whoever could take the port while no agent runs must not be handed the key.</summary>
    private static bool IsTrusted(Surroundings surroundings) => surroundings.Sockets.Any(
        socket => socket.IsTcp && socket.IsListening && Endpoints.Collide(socket.Local, surroundings.Options!.Server.Listen)
            && (socket.User == 0 || socket.User == surroundings.User.User || socket.User == surroundings.Examiner));

    private static async Task<AgentAnswers> StatusAsync(HttpClient http, AgentOptions options, string address)
    {
        var (key, problem) = options.ApiKeyFile is { } file ? ReadKey(file) : (options.Server.ApiKey, null);
        if (key is null)
            return new AgentAnswers(AgentPresence.Present, address, $"was not asked how it is doing, for the API key cannot be had: {problem}", null);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/ogrepository/v1/status", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Value);
        using var answer = await http.SendAsync(request);
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
            return new AgentAnswers(AgentPresence.Present, address, "has another API key than the configuration", null);
        if (!answer.IsSuccessStatusCode)
            return new AgentAnswers(AgentPresence.Stranger, address, $"answers {(int)answer.StatusCode} when asked how it is doing", null);
        var status = JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(), AskingJson.Default.AgentStatus);
        return new AgentAnswers(AgentPresence.Present, address, null, status);
    }

    /// <summary>A key whose file may be read by too many is asked with all the same: that is another check's finding.</summary>
    private static (Secret? Key, string? Problem) ReadKey(string file)
    {
        try
        {
            return Secret.TryParse(File.ReadLines(file).FirstOrDefault("").Trim(), out var key) ? (key, null) : (null, $"{file} does not begin with {Secret.Expected}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, e.Message);
        }
    }
}
