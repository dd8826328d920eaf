using System.Net;
using Agent.Configuration;

namespace Agent.Tests.Configuration;

public sealed class AdvertisedAddressTests
{
    [Theory]
    [InlineData("10.0.0.9", "127.0.0.1", "192.168.1.5", "10.0.0.9")]
    [InlineData("repo.example.org", "127.0.0.1", "192.168.1.5", "repo.example.org")]
    [InlineData("2001:db8::1", "127.0.0.1", "192.168.1.5", "[2001:db8::1]")]
    [InlineData(null, "127.0.0.1", "127.0.0.1 ::1 fe80::1 2001:db8::7 192.168.1.5 10.0.0.1", "192.168.1.5")]
    [InlineData(null, "127.0.0.1", "fe80::1 2001:db8::7", "[2001:db8::7]")]
    [InlineData(null, "127.0.0.5", "127.0.0.1 ::1", "127.0.0.5")]
    [InlineData(null, "0.0.0.0", "127.0.0.1", "127.0.0.1")]
    public void Is_the_configured_else_the_first_reachable_else_the_listening_one(string? configured, string listen, string machine, string expected)
    {
        var server = new ServerOptions { Advertise = configured, Listen = new IPEndPoint(IPAddress.Parse(listen), 1) };

        var advertised = new AdvertisedAddress(server, () => machine.Split(' ').Select(IPAddress.Parse));

        Assert.Equal(expected, advertised.Host);
    }

    [Fact]
    public void On_this_machine_it_is_one_that_a_url_can_hold() =>
        Assert.NotEqual(UriHostNameType.Unknown, Uri.CheckHostName(new AdvertisedAddress(new ServerOptions()).Host));
}
