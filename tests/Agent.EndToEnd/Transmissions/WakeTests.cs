using System.Net;
using System.Net.Sockets;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Transmissions;

/// <summary>
/// Computers of a classroom are woken by the agent itself. Only in namespaces: a broadcast on this machine's network would reach others.
/// </summary>
[Collection(Multicast.Name)]
public sealed class WakeTests(ITestOutputHelper output)
{
    private const int DiscardPort = 9;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [FactInNamespaces]
    public async Task The_packet_reaches_a_socket_on_loopback()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        using var computer = Listen(lab.Room.OpenUdp());

        var answer = await lab.SendAsync("POST", "wol", """{"broadcast_ip":"127.0.0.1", "mac":"00:11:22:aa:bb:cc"}""");

        Assert.Equal(200, answer.Status);
        Assert.Equal("FFFFFFFFFFFF" + string.Concat(Enumerable.Repeat("001122AABBCC", 16)), await PacketAsync(computer));
    }

    [FactInNamespaces]
    public async Task A_named_broadcast_address_is_where_it_goes_and_without_one_it_goes_to_the_servers_networks()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        var room = (NamespaceClassroom)lab.Room;
        using var computer = Listen(room.OpenUdp(client: 2));

        await lab.SendAsync("POST", "wol", """{"broadcast_ip":"10.99.0.255", "mac":"00-11-22-AA-BB-CC"}""");
        Assert.EndsWith("001122AABBCC", await PacketAsync(computer), StringComparison.Ordinal);

        var answer = await lab.SendAsync("POST", "wol", """{"mac":"001122AABBDD"}""");
        Assert.Contains("255.255.255.255, 10.99.0.255", answer.Body.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("001122AABBDD", await PacketAsync(computer), StringComparison.Ordinal);
    }

    [FactInNamespaces]
    public async Task OpenGnsys_poweron_wakes_all_computers_even_where_no_route_leads_to_the_limited_broadcast_address()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        var room = (NamespaceClassroom)lab.Room;
        await room.OnServerAsync("ip route del default");
        using var computer = Listen(room.OpenUdp(client: 1));

        var answer = await lab.SendAsync("POST", "/opengnsys/rest/repository/poweron", """{"macs":["00:11:22:AA:BB:01", "00:11:22:AA:BB:02"]}""");

        Assert.True(answer.Status == 200, answer.Body.ToString());
        Assert.EndsWith("001122AABB01", await PacketAsync(computer), StringComparison.Ordinal);
        Assert.EndsWith("001122AABB02", await PacketAsync(computer), StringComparison.Ordinal);
    }

    [FactInNamespaces]
    public async Task What_no_network_takes_is_an_error()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        await ((NamespaceClassroom)lab.Room).OnServerAsync("ip route del default");

        var unreachable = await lab.SendAsync("POST", "wol", """{"broadcast_ip":"192.0.2.255", "mac":"00:11:22:AA:BB:CC"}""");
        var noAddress = await lab.SendAsync("POST", "wol", """{"broadcast_ip":"10.99", "mac":"00:11:22:AA:BB:CC"}""");
        var noComputer = await lab.SendAsync("POST", "wol", """{"mac":"00:11:22"}""");

        Assert.Equal((500, "wake_failed"), (unreachable.Status, unreachable.Code));
        Assert.Equal((400, "parameter_invalid"), (noAddress.Status, noAddress.Code));
        Assert.Equal((400, "parameter_invalid"), (noComputer.Status, noComputer.Code));
    }

    private static Socket Listen(Socket socket)
    {
        socket.Bind(new IPEndPoint(IPAddress.Any, DiscardPort));
        return socket;
    }

    private static async Task<string> PacketAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(Patience);
        var buffer = new byte[1024];
        var length = await socket.ReceiveAsync(buffer, limit.Token);
        Assert.Equal(6 + 16 * 6, length);
        return Convert.ToHexString(buffer, 0, length);
    }
}
