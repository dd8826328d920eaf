using Microsoft.Net.Http.Headers;

namespace Agent.Api;

/// <summary>What a client says of the encodings it takes (RFC 9110, section 12.5.3).</summary>
internal static class ContentEncodings
{
    /// <summary>The name of the one that the agent knows.</summary>
    public const string Gzip = "gzip";

    /// <summary>True if the answer may be compressed.</summary>
    public static bool TakesGzip(HttpRequest request) =>
        StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var encodings)
        && encodings.Any(encoding => encoding.Value.Equals(Gzip, StringComparison.OrdinalIgnoreCase) && encoding.Quality != 0);
}
