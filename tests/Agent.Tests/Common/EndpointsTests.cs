using System.Net;
using Agent.Common;

namespace Agent.Tests.Common;

public sealed class EndpointsTests
{
    [Theory]
    [InlineData("0.0.0.0:8006", "127.0.0.1:8006")]
    [InlineData("[::]:8006", "[::1]:8006")]
    [InlineData("192.168.56.10:8006", "192.168.56.10:8006")]
    [InlineData("[fd00::1]:80", "[fd00::1]:80")]
    public void Whoever_listens_on_all_addresses_is_reached_on_the_loopback(string listener, string reached)
    {
        Assert.Equal(IPEndPoint.Parse(reached), Endpoints.Reachable(IPEndPoint.Parse(listener)));
    }
}
