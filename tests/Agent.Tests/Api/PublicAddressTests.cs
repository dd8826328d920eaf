using System.Net;
using Agent.Api;
using Microsoft.AspNetCore.Http;

namespace Agent.Tests.Api;

public sealed class PublicAddressTests
{
    [Theory]
    [InlineData("0.0.0.0:0", "192.168.56.10", "http://192.168.56.10:8006/torrents/aula%201/A.img.torrent")]
    [InlineData("0.0.0.0:0", "repo.example.org", "http://repo.example.org:8006/torrents/aula%201/A.img.torrent")]
    [InlineData("[::]:0", "[fd00::1]", "http://[fd00::1]:8006/torrents/aula%201/A.img.torrent")]
    [InlineData("127.0.0.1:0", "127.0.0.1", "http://127.0.0.1:8006/torrents/aula%201/A.img.torrent")]
    [InlineData("127.0.0.1:0", "192.168.56.10", "https://proxy/torrents/aula%201/A.img.torrent")]
    public void Clients_are_told_the_advertised_address_unless_a_proxy_stands_before_the_server(string listen, string advertised, string expected)
    {
        var endPoint = IPEndPoint.Parse(listen);
        var address = new PublicAddress(() => advertised, endPoint, new AgentIdentity(TimeProvider.System, () => [$"http://{new IPEndPoint(endPoint.Address, 8006)}"]));
        var request = new DefaultHttpContext().Request;
        request.Scheme = "https";
        request.Host = new HostString("proxy");

        Assert.Equal(expected, address.UrlOf("torrents", "aula 1/A.img.torrent", request));
    }
}
