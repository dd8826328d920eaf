using System.Text.Json;

namespace Agent.Cvmfs.Scraping;

/// <summary>Reads a status file: an object of dates, each of which may be missing.</summary>
internal static class StatusReader
{
    /// <summary>Fills in what a status file says, and notes what is wrong with it.</summary>
    public static ScrapedRepository Read(byte[] json, ScrapedRepository repository, string path, List<FetchError> errors)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                errors.Add(new FetchError(path, null, "not a JSON object"));
                return repository;
            }
            return repository with
            {
                LastGc = Date(document.RootElement, "last_gc", path, errors),
                LastSnapshot = Date(document.RootElement, "last_snapshot", path, errors),
            };
        }
        catch (JsonException e)
        {
            errors.Add(new FetchError(path, null, $"no JSON: {e.Message}"));
            return repository;
        }
    }

    private static DateTimeOffset? Date(JsonElement status, string key, string path, List<FetchError> errors)
    {
        if (!status.TryGetProperty(key, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String && CvmfsDate.TryParse(value.GetString()!, out var date))
            return date;
        var text = value.GetRawText();
        errors.Add(new FetchError(path, key, $"{(text.Length <= 60 ? text : text[..60] + "…")} is not a date like \"Tue Mar  3 04:05:06 UTC 2026\""));
        return null;
    }
}
