using System.Net;

namespace Agent.Cvmfs.Scraping;

/// <summary>A file could not be had; the message is the end of a sentence.</summary>
/// <param name="message">Why.</param>
/// <param name="status">HTTP status, where there was one.</param>
internal sealed class FetchException(string message, HttpStatusCode? status = null) : Exception(message)
{
    public HttpStatusCode? Status => status;
}

/// <summary>Fetches files of one server, none longer than it may be, and nothing once the server's time is over.</summary>
/// <param name="http">Does it.</param>
/// <param name="root">URL of the server, without a slash at the end.</param>
/// <param name="over">When its time is over.</param>
/// <param name="cancellation">When all is broken off.</param>
internal sealed class ServerConnection(HttpClient http, string root, CancellationToken over, CancellationToken cancellation)
{
    /// <summary>Longest manifest, whitelist, status file and certificate.</summary>
    public const int Short = 64 * 1024;

    /// <summary>Longest list of repositories.</summary>
    public const int Long = 4 * 1024 * 1024;

    /// <summary>A file.</summary>
    /// <exception cref="FetchException">It cannot be had.</exception>
    public async Task<byte[]> GetAsync(string path, long longest)
    {
        using var content = new MemoryStream();
        await CopyAsync(path, content, longest);
        return content.ToArray();
    }

    /// <summary>Writes a file to where it is kept.</summary>
    /// <exception cref="FetchException">It cannot be had.</exception>
    public async Task CopyAsync(string path, Stream target, long longest)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(root + path), HttpCompletionOption.ResponseHeadersRead, over);
            if (response.StatusCode != HttpStatusCode.OK)
                throw new FetchException($"the server answers {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd(), response.StatusCode);
            await CopyAsync(response, target, longest);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new FetchException("no answer within the time limit");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException)
        {
            throw new FetchException(e.InnerException is { } inner && e is HttpRequestException ? $"{e.Message} ({inner.Message})" : e.Message);
        }
    }

    private async Task CopyAsync(HttpResponseMessage response, Stream target, long longest)
    {
        if (response.Content.Headers.ContentLength > longest)
            throw new FetchException($"{response.Content.Headers.ContentLength} bytes, more than the {longest} that it may have");
        await using var body = await response.Content.ReadAsStreamAsync(over);
        var buffer = new byte[8 * 1024];
        var length = 0L;
        while (await body.ReadAsync(buffer, over) is > 0 and var count)
        {
            length += count;
            if (length > longest)
                throw new FetchException($"more than the {longest} bytes that it may have");
            target.Write(buffer, 0, count);
        }
    }
}
