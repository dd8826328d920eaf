using System.Net;

namespace Agent.Api;

/// <summary>Under which URL clients find what this server gives to everyone.</summary>
/// <param name="advertised">Host that clients are told, as in torrents; IPv6 in brackets.</param>
/// <param name="listen">Where the server was told to listen.</param>
/// <param name="identity">Knows the port, which the system may have chosen.</param>
public sealed class PublicAddress(Func<string> advertised, IPEndPoint listen, AgentIdentity identity)
{
    /// <summary>
    /// The URL of a file below a route. A server that listens for itself alone while it advertises itself to others stands behind a proxy:
    /// then, and only then, clients find it under the name by which the request came.
    /// </summary>
    public string UrlOf(string route, string relativePath, HttpRequest request)
    {
        var origin = IsBehindProxy || Port is not { } port ? $"{request.Scheme}://{request.Host}" : $"http://{advertised()}:{port}";
        return $"{origin}/{route}/{string.Join('/', relativePath.Split('/').Select(Uri.EscapeDataString))}";
    }

    /// <summary>Where other repositories find this one, with a slash at the end.</summary>
    public Uri Origin => new($"http://{advertised()}:{Port ?? listen.Port}/");

    private bool IsBehindProxy =>
        IPAddress.IsLoopback(listen.Address) && !(IPAddress.TryParse(advertised(), out var address) && IPAddress.IsLoopback(address));

    private int? Port => identity.Listen().Select(url => new Uri(url).Port).Cast<int?>().FirstOrDefault();
}
