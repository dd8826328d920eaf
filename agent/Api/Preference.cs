using System.Globalization;

namespace Agent.Api;

/// <summary>How long a client is willing to wait (RFC 7240).</summary>
/// <param name="RespondAsync"><c>respond-async</c>: not at all, or only as long as <paramref name="Wait"/> says.</param>
/// <param name="Wait"><c>wait=N</c>: so long; null where nothing is said.</param>
public readonly record struct Preference(bool RespondAsync, TimeSpan? Wait)
{
    private const int LongestWait = 24 * 60 * 60;

    /// <summary>What is said of it in an answer that came before the work was done; null where nothing was asked for.</summary>
    public string? Applied => RespondAsync ? "respond-async" : Wait is { } wait ? $"wait={wait.TotalSeconds:F0}" : null;

    /// <summary>The preferences of a request; those that nobody knows are passed over, as the RFC wants it.</summary>
    public static Preference Of(HttpRequest request)
    {
        var words = request.Headers["Prefer"].SelectMany(header => (header ?? "").Split(',', ';')).Select(word => word.Trim()).ToList();
        var wait = words.Where(word => word.StartsWith("wait=", StringComparison.OrdinalIgnoreCase)).Select(word => word[5..].Trim('"')).FirstOrDefault();
        return new Preference(
            words.Contains("respond-async", StringComparer.OrdinalIgnoreCase),
            int.TryParse(wait, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= LongestWait ? TimeSpan.FromSeconds(seconds) : null);
    }
}
