using System.Net;
using System.Text;

namespace Agent.BitTorrent.Downloading.Announcing;

/// <summary>Announces to a tracker over HTTP (BEP 3).</summary>
internal static class HttpAnnouncer
{
    private const int LongestAnswer = 256 * 1024;

    /// <summary>Announces once.</summary>
    /// <exception cref="TrackerException">The tracker refuses or does not answer as one.</exception>
    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    public static async Task<TrackerAnswer> AnnounceAsync(HttpClient http, string url, TrackerAnnounce announce, CancellationToken cancellation)
    {
        // The hash is bytes, not text: .NET must not look for characters in the escapes.
        var uri = new Uri(url + (url.Contains('?') ? '&' : '?') + Query(announce), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var response = await http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, cancellation);
        var body = await ReadAsync(response, cancellation);
        // Refusals come with status 200 too; any body that is a dictionary says more than the status.
        if (response.StatusCode != HttpStatusCode.OK && !body.Span.StartsWith("d"u8))
            throw new TrackerException($"it answers with status {(int)response.StatusCode}");
        return TrackerAnswer.Parse(body.Span);
    }

    private static string Query(TrackerAnnounce announce)
    {
        Span<byte> id = stackalloc byte[PeerId.Length];
        announce.PeerId.CopyTo(id);
        var query = new StringBuilder("info_hash=").Append(Escape(announce.InfoHash.ToArray())).Append("&peer_id=").Append(Escape(id))
            .Append($"&port={announce.Port}&uploaded={announce.Uploaded}&downloaded={announce.Downloaded}&left={announce.Left}")
            .Append($"&compact=1&numwant={announce.Wanted}&key={announce.Key:x8}");
        if (announce.Event != TrackerEvent.None)
            query.Append("&event=").Append(announce.Event.ToString().ToLowerInvariant());
        return query.ToString();
    }

    private static string Escape(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(3 * bytes.Length);
        foreach (var value in bytes)
            text.Append($"%{value:x2}");
        return text.ToString();
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using var content = await response.Content.ReadAsStreamAsync(cancellation);
        var body = new byte[LongestAnswer];
        var length = await content.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellation);
        return length < body.Length ? body.AsMemory(0, length) : throw new TrackerException($"its answer is longer than {LongestAnswer} bytes");
    }
}
