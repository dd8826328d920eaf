using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Indexing;

/// <summary>Long work on images, asked for as a central tool does.</summary>
internal static class ImageJobs
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task<CheckAnswer> CheckAsync(this AgentProcess agent, string image, bool full = false)
    {
        var (status, text) = await PostAsync(agent, "images/check-image", $$"""{"image":"{{image}}","full":{{(full ? "true" : "false")}}}""");
        Assert.True(status == 200, $"{status}: {text}\n{agent.Log}");
        return JsonSerializer.Deserialize<CheckAnswer>(text, Snake)!;
    }

    public static async Task<RepairAnswer> RepairAsync(this AgentProcess agent, string image, string? source = null)
    {
        var (status, text) = await PostAsync(agent, "images/repair", source is null ? $$"""{"image":"{{image}}"}""" : $$"""{"image":"{{image}}","source":"{{source}}"}""");
        Assert.True(status == 200, $"{status}: {text}\n{agent.Log}");
        return JsonSerializer.Deserialize<RepairAnswer>(text, Snake)!;
    }

    /// <summary>Sends a body, and waits as long as it takes.</summary>
    public static async Task<(int Status, string Text)> PostAsync(AgentProcess agent, string route, string body, string? prefer = null)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(5) };
        using var request = new HttpRequestMessage(HttpMethod.Post, agent.Api.UrlOf($"ogrepository/v1/{route}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", agent.Api.Key);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (prefer is not null)
            request.Headers.Add("Prefer", prefer);
        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The image as the catalogue tells of it.</summary>
    public static async Task<JsonElement> ShowAsync(this AgentProcess agent, string route)
    {
        var answer = await agent.Api.GetAsync(AgentApi.PathOf("ogrepository/v1/images", route));
        Assert.True(answer.Status == 200, $"{answer.Status}: {answer.Text}");
        using var document = JsonDocument.Parse(answer.Body);
        return document.RootElement.Clone();
    }

    public static async Task<string?> StateAsync(this AgentProcess agent, string route) => (await agent.ShowAsync(route)).GetProperty("state").GetString();
}

/// <summary>Answer of a check.</summary>
public sealed record CheckAnswer(
    string Result, string State, string? Change, List<string> Problems, List<string> Sidecars, List<PieceAnswer> BadPieces, string? Sum, string? Fullsum,
    string? Sha256, DateTimeOffset? LastGood, bool Full);

/// <summary>Answer of a repair.</summary>
public sealed record RepairAnswer(string Result, List<PieceAnswer> Repaired, List<PieceAnswer> BadPieces, List<string> Sources, List<string> Problems);

/// <summary>A piece.</summary>
public sealed record PieceAnswer(int Index, long First, long Last, string? Source);
