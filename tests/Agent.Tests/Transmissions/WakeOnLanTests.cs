using System.Net;
using System.Net.NetworkInformation;
using Agent.Transmissions;

namespace Agent.Tests.Transmissions;

public sealed class WakeOnLanTests
{
    [Fact]
    public void The_packet_is_six_times_FF_and_sixteen_times_the_address()
    {
        byte[] computer = [0x00, 0x11, 0x22, 0xAA, 0xBB, 0xCC];

        var packet = WakeOnLan.Packet(new PhysicalAddress(computer));

        Assert.Equal([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, .. Enumerable.Repeat(computer, 16).SelectMany(bytes => bytes)], packet);
    }

    [Theory]
    [InlineData("00:11:22:AA:BB:CC")]
    [InlineData("00-11-22-aa-bb-cc")]
    [InlineData("001122aabbcc")]
    public void Hardware_addresses_are_read_in_every_usual_form(string text)
    {
        Assert.True(WakeOnLan.TryParse(text, out var address));
        Assert.Equal("001122AABBCC", address.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00:11:22:AA:BB")]
    [InlineData("00:11:22:AA:BB:CC:DD:EE")]
    [InlineData("00:11:22:AA:BB:GG")]
    public void Anything_else_is_not(string? text) => Assert.False(WakeOnLan.TryParse(text, out _));

    [Theory]
    [InlineData("192.168.56.10", 24, "192.168.56.255")]
    [InlineData("10.99.3.1", 22, "10.99.3.255")]
    [InlineData("172.16.0.1", 30, "172.16.0.3")]
    [InlineData("10.0.0.1", 8, "10.255.255.255")]
    [InlineData("10.0.0.1", 31, null)]
    [InlineData("10.0.0.1", 32, null)]
    [InlineData("fd00::1", 64, null)]
    public void The_broadcast_address_follows_from_the_network(string address, int prefix, string? expected) =>
        Assert.Equal(expected, WakeOnLan.BroadcastOf(IPAddress.Parse(address), prefix)?.ToString());

    [Fact]
    public void The_limited_broadcast_address_is_always_among_them_and_loopback_never()
    {
        var broadcasts = WakeOnLan.Broadcasts();

        Assert.Equal(IPAddress.Broadcast, broadcasts[0]);
        Assert.DoesNotContain(broadcasts, IPAddress.IsLoopback);
    }

    [Theory]
    [InlineData("192.168.1.255", true)]
    [InlineData("192.168.1", false)]
    [InlineData("1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("aula1", false)]
    public void An_address_has_four_numbers(string text, bool isOne) => Assert.Equal(isOne, WakeOnLan.TryParseBroadcast(text, out _));
}
