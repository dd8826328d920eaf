using System.Net;
using System.Net.Http.Headers;
using Agent.BitTorrent.Metainfo;
using Agent.Indexing.Hashing;

namespace Agent.Indexing.Repair;

/// <summary>The same file on a web server, read in ranges (RFC 9110): another agent's <c>/images/PATH</c>, or a web seed (BEP 19).</summary>
/// <param name="url">Where the file is; http or https.</param>
/// <param name="length">Size of the image in bytes: a file of another size is another image.</param>
/// <param name="pace">How fast it is read.</param>
public sealed class HttpPieceSource(Uri url, long length, ReadPace pace) : IPieceSource, IDisposable
{
    private const string ImagesOfAgent = "/images/";

    /// <summary>A piece of 4 MiB needs 35 KiB/s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <inheritdoc/>
    public string Name => url.AbsoluteUri;

    /// <summary>Reads a URL that may be a source; false where it is not one.</summary>
    public static bool IsUrl(string text, out Uri url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url!) && url.Scheme is "http" or "https" && url.Host.Length > 0;

    /// <inheritdoc/>
    public async Task<bool> TryReadAsync(long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        await pace.WaitAsync(ReadPriority.Requested, destination.Length, cancellation);
        return await InTimeAsync(async limit =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.Range = new RangeHeaderValue(offset, offset + destination.Length - 1);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit);
            if (!HasRange(response, offset, destination.Length))
                return false;
            await using var body = await response.Content.ReadAsStreamAsync(limit);
            await body.ReadExactlyAsync(destination, limit);
            return true;
        }, cancellation);
    }

    /// <summary>An agent has the torrents beside the images, under paths of the same form.</summary>
    public Task<byte[]?> TryReadTorrentAsync(CancellationToken cancellation) => InTimeAsync(async limit =>
    {
        if (TorrentOf(url) is not { } torrent)
            return null;
        using var response = await _client.GetAsync(torrent, HttpCompletionOption.ResponseHeadersRead, limit);
        if (response.StatusCode != HttpStatusCode.OK)
            return null;
        await using var body = await response.Content.ReadAsStreamAsync(limit);
        var bytes = new byte[TorrentMetainfo.MaxFileLength];
        var read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, limit);
        return bytes[..read];
    }, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static Uri? TorrentOf(Uri image)
    {
        var path = image.AbsolutePath;
        return path.StartsWith(ImagesOfAgent, StringComparison.Ordinal) ? new Uri(image, $"/torrents/{path[ImagesOfAgent.Length..]}.torrent") : null;
    }

    /// <summary>A server that knows no ranges would send the whole file for each piece; it is told off instead.</summary>
    private bool HasRange(HttpResponseMessage response, long offset, int count)
    {
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.RequestedRangeNotSatisfiable)
            return false;
        if (response.StatusCode != HttpStatusCode.PartialContent)
            throw new IOException($"{url} answered {(int)response.StatusCode}, expected 206 (a range)");
        var range = response.Content.Headers.ContentRange;
        if (range?.From != offset || range.To != offset + count - 1)
            throw new IOException($"{url} sent the range {range}, expected {offset}-{offset + count - 1}");
        return range.Length is null || range.Length == length
            ? true
            : throw new IOException($"{url} has {range.Length} bytes, and the image {length}: it is another one");
    }

    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            return await ask(limit.Token);
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"{url}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"{url} did not answer within {Patience.TotalSeconds:F0} s", e);
        }
    }
}
