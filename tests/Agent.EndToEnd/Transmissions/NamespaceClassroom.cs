using System.Net.Sockets;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Transmissions;

/// <summary>A server and three clients on one bridge.</summary>
internal sealed class NamespaceClassroom : Classroom
{
    private const int Clients = 3;
    private const int FirstPort = 9000;

    private readonly List<NetworkNamespace> _hosts = [];
    private int _ports;

    private NamespaceClassroom()
    {
    }

    public override AgentPlace Place => new(_hosts[0].Enter, _hosts[0].Connection);

    public override string Address => AddressOf(0);

    public override IReadOnlyList<Seat> Seats =>
        [.. _hosts.Skip(1).Select((host, index) => new Seat(host.Enter, "eth0", AddressOf(index + 1), AddressOf(index + 1)))];

    protected override string Ports => "";

    public override string UftpAddress => Group;

    public static new async Task<NamespaceClassroom> OpenAsync()
    {
        var room = new NamespaceClassroom();
        try
        {
            for (var host = 0; host <= Clients; host++)
                room._hosts.Add(new NetworkNamespace());
            await room._hosts[0].RunAsync("ip link add br0 type bridge; ip link set br0 up");
            for (var host = 0; host <= Clients; host++)
                await room.ConnectAsync(host);
            await room.SeeForwardingAsync();
            return room;
        }
        catch
        {
            room.Dispose();
            throw;
        }
    }

    /// <summary>The clients' engine accepts the even ports from 9000 to 9098, and no other test is in this network.</summary>
    public override int NextPort() => FirstPort + 2 * _ports++;

    public override Socket OpenUdp() => _hosts[0].Open(SocketType.Dgram, ProtocolType.Udp);

    /// <summary>A socket on a client.</summary>
    public Socket OpenUdp(int client) => _hosts[client].Open(SocketType.Dgram, ProtocolType.Udp);

    /// <summary>Has the server run a script.</summary>
    public Task OnServerAsync(string script) => _hosts[0].RunAsync(script);

    public override void Dispose()
    {
        foreach (var host in _hosts)
            host.Dispose();
    }

    public override string ToString() => $"{Clients} clients, each in a network namespace";

    private static string AddressOf(int host) => $"10.99.0.{host + 1}";

    /// <summary>A bridge takes a moment to let packets through, in which one that is sent only once is lost.</summary>
    private Task SeeForwardingAsync() => _hosts[0].RunAsync(string.Join('\n', Enumerable.Range(0, _hosts.Count).Select(
        host => $"until ip -d link show p{host} | grep -q 'state forwarding'; do sleep 0.01; done")));

    private async Task ConnectAsync(int host)
    {
        await _hosts[0].RunAsync(
            $"ip link add p{host} type veth peer name e{host}; ip link set p{host} master br0 up; ip link set e{host} netns {_hosts[host].Id}");
        await _hosts[host].RunAsync($"""
            ip link set lo up; ip link set e{host} name eth0; ip addr add {AddressOf(host)}/24 brd + dev eth0
            ip link set eth0 up; ip route add default dev eth0
            """);
    }
}
