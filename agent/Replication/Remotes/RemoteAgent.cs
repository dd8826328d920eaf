using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Agent.BitTorrent.Metainfo;
using Agent.Common;
using Agent.Images;

namespace Agent.Replication.Remotes;

/// <summary>
/// Asks the agent of another repository. It may be anything that answers there: every answer is bounded in length and time, and what it says is
/// checked. Its key is sent to it, and appears nowhere else.
/// </summary>
public sealed class RemoteAgent(Remote remote) : IDisposable
{
    private const string Api = "ogrepository/v1";
    private const int LongestAnswer = 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http = RemoteHttp.Create(remote);

    /// <summary>Which one it is.</summary>
    public Remote Remote => remote;

    /// <summary>What it knows of an image.</summary>
    /// <param name="name">Name with or without OU and extension.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="RemoteException">It has none, or cannot be asked.</exception>
    public async Task<RemoteImage> FindAsync(string name, CancellationToken cancellation)
    {
        // Nothing but a name, which no URL makes anything else of.
        if (!ImageId.TryParseDirectory(name, out _))
            throw Fault(RemoteFault.NotFound, $"can have no image \"{name}\": give a name, or OU/NAME");
        var image = await AskAsync(HttpMethod.Get, remote.At($"{Api}/images", name), null, RemoteJson.Default.RemoteImage, cancellation);
        return ImageId.TryParse(image.Path, out _)
            ? image
            : throw Fault(RemoteFault.Refused, $"says that the path of \"{name}\" is \"{image.Path}\", which is no image that can be copied (a directory image has no torrent)");
    }

    /// <summary>What it knows of an image; null where it has none of that name.</summary>
    /// <exception cref="RemoteException">It cannot be asked, or refuses.</exception>
    public async Task<RemoteImage?> TryFindAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await FindAsync(path, cancellation) is var image && image.Path == path ? image : null;
        }
        catch (RemoteException e) when (e.Fault == RemoteFault.NotFound)
        {
            return null;
        }
    }

    /// <summary>Marks an image there.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="scope"><c>global</c> or <c>local</c>.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="RemoteException">It has none, cannot be asked, or refuses.</exception>
    public Task SetScopeAsync(string path, string scope, CancellationToken cancellation) => SendAsync(
        HttpMethod.Put,
        new Uri(remote.Url, $"{Api}/images/set-{scope}"),
        JsonSerializer.SerializeToUtf8Bytes(new RemoteImageName(path), RemoteJson.Default.RemoteImageName),
        remote.Key,
        LongestAnswer,
        cancellation);

    /// <summary>Has it index an image before all others.</summary>
    /// <exception cref="RemoteException">It cannot be asked, or refuses.</exception>
    public Task HastenAsync(string path, CancellationToken cancellation) =>
        AskAsync(HttpMethod.Put, remote.At($"{Api}/images", path), null, RemoteJson.Default.RemoteImage, cancellation);

    /// <summary>The torrent of an image.</summary>
    /// <exception cref="RemoteException">It has none, gives one that cannot be read, or cannot be asked.</exception>
    public async Task<TorrentMetainfo> TorrentAsync(RemoteImage image, CancellationToken cancellation)
    {
        var file = await SendAsync(HttpMethod.Get, remote.At("torrents", image.Path + Sidecar.Torrent), null, null, TorrentMetainfo.MaxFileLength, cancellation);
        try
        {
            var torrent = TorrentMetainfo.Parse(file);
            return torrent.InfoHash.ToString() == image.InfoHash && torrent.Length == image.Size
                ? torrent
                : throw Fault(RemoteFault.NotReady, $"gives a torrent of \"{image.Path}\" that belongs to another content");
        }
        catch (MetainfoException e)
        {
            throw Fault(RemoteFault.Refused, $"gives a torrent of \"{image.Path}\" that cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Asks it to import an image, as a job of its own.</summary>
    /// <exception cref="RemoteException">It refuses, or cannot be asked.</exception>
    public Task<RemoteJob> ImportAsync(RemoteImport import, CancellationToken cancellation) => AskAsync(
        HttpMethod.Post, new Uri(remote.Url, $"{Api}/images/import-image"), JsonSerializer.SerializeToUtf8Bytes(import, RemoteJson.Default.RemoteImport), RemoteJson.Default.RemoteJob, cancellation);

    /// <summary>Whether it is there, is an agent, and takes the key.</summary>
    /// <exception cref="RemoteException">It is not, or does not.</exception>
    public Task GreetAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, remote.At(Api, "status"), null, remote.Key, LongestAnswer, cancellation);

    /// <summary>Its jobs of a kind that are worked on.</summary>
    /// <exception cref="RemoteException">It cannot be asked, or refuses.</exception>
    public async Task<IReadOnlyList<RemoteJob>> RunningAsync(string kind, CancellationToken cancellation)
    {
        var url = new Uri(remote.Url, $"{Api}/jobs?state=RUNNING&kind={Uri.EscapeDataString(kind)}");
        return (await AskAsync(HttpMethod.Get, url, null, RemoteJson.Default.RemoteJobs, cancellation)).Jobs ?? [];
    }

    /// <summary>One of its jobs.</summary>
    /// <exception cref="RemoteException">It knows no such job, or cannot be asked.</exception>
    public Task<RemoteJob> JobAsync(string id, CancellationToken cancellation) =>
        AskAsync(HttpMethod.Get, remote.At($"{Api}/jobs", id), null, RemoteJson.Default.RemoteJob, cancellation);

    /// <summary>Cancels one of its jobs.</summary>
    /// <exception cref="RemoteException">It knows no such job, or cannot be asked.</exception>
    public Task CancelAsync(string id, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Delete, remote.At($"{Api}/jobs", id), null, remote.Key, LongestAnswer, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<T> AskAsync<T>(HttpMethod method, Uri url, byte[]? body, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var answer = await SendAsync(method, url, body, remote.Key, LongestAnswer, cancellation);
        try
        {
            return JsonSerializer.Deserialize(answer, type) ?? throw Fault(RemoteFault.Refused, "answers null");
        }
        catch (JsonException e)
        {
            throw Fault(RemoteFault.Unreachable, $"does not answer as an agent does: {e.Message}", e);
        }
    }

    private async Task<byte[]> SendAsync(HttpMethod method, Uri url, byte[]? body, Secret? key, int longest, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            using var request = new HttpRequestMessage(method, url);
            if (key is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Value);
            if (body is not null)
            {
                request.Content = new ByteArrayContent(body);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                request.Headers.Add("Prefer", "respond-async");
            }
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var answer = await ReadAsync(response, longest, limit.Token);
            return response.IsSuccessStatusCode ? answer : throw Refusal(response.StatusCode, answer);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw Fault(RemoteFault.Unreachable, $"cannot be reached: {(e.InnerException ?? e).Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw Fault(RemoteFault.Unreachable, $"does not answer within {Patience.TotalSeconds:F0} s", e);
        }
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, int longest, CancellationToken cancellation)
    {
        await using var content = await response.Content.ReadAsStreamAsync(cancellation);
        using var answer = new MemoryStream();
        var block = new byte[16 * 1024];
        while (await content.ReadAsync(block, cancellation) is > 0 and var read)
        {
            if (answer.Length + read > longest)
                throw Fault(RemoteFault.Refused, $"sends an answer of more than {Sizes.Format(longest)}");
            answer.Write(block, 0, read);
        }
        return answer.ToArray();
    }

    private RemoteException Refusal(HttpStatusCode status, byte[] answer)
    {
        var error = ErrorOf(answer);
        var said = error?.Error ?? $"status {(int)status}";
        return (error?.Code, status) switch
        {
            (_, HttpStatusCode.Unauthorized) => Fault(RemoteFault.KeyRefused, remote.Key is null
                ? "wants an API key: configure one for it as [[remote]], or give \"api_key\""
                : "refuses the API key that is known for it"),
            ("image_not_found" or "image_ambiguous", _) => Fault(RemoteFault.NotFound, $"says: {said}"),
            ("image_not_ready", _) => Fault(RemoteFault.NotReady, $"says: {said}"),
            (_, HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout) => Fault(RemoteFault.Unreachable, $"says: {said}"),
            _ => Fault(RemoteFault.Refused, $"says: {said}"),
        };
    }

    private static RemoteError? ErrorOf(byte[] answer)
    {
        try
        {
            return JsonSerializer.Deserialize(answer, RemoteJson.Default.RemoteError);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private RemoteException Fault(RemoteFault fault, string what, Exception? cause = null) => new(fault, $"Repository \"{remote.Name}\" {what.TrimEnd('.')}.", cause);
}
