using System.Net;
using System.Net.Sockets;
using Agent.Diagnosis;
using Agent.Diagnosis.Checks;
using Agent.Diagnosis.Kernel;

namespace Agent.Tests.Diagnosis.Checks;

/// <summary>Checks of ports and interfaces.</summary>
public sealed class NetworkCheckTests : IDisposable
{
    private const string Tail = "00000000:0000 0A 00000000:00000000 00:00000000 00000000";

    private readonly FakeServer _server = new();

    [Fact]
    public async Task An_interface_with_the_default_route_is_well() => await _server.AssertWellAsync(new MulticastNetwork());

    [Fact]
    public async Task A_route_of_its_own_is_seen()
    {
        _server.Write("/proc/net/route", "eth0\t000000E0\t00000000\t0001\t0\t0\t0\t000000F0\t0\t0\t0\n");

        Assert.Contains(await _server.RunAsync(new MulticastNetwork()), finding => finding.Found == "multicast takes the route of its own, by eth0");
    }

    [Theory]
    [InlineData("", "there is no route for multicast (224.0.0.0/4), nor a default route")]
    [InlineData("eth1\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0", "the default route leads to eth1, not to eth0")]
    [InlineData("eth1\t000000E0\t00000000\t0001\t0\t0\t0\t000000F0\t0\t0\t0", "the route for multicast leads to eth1, not to eth0")]
    public async Task A_route_that_leads_elsewhere_is_told(string routes, string found)
    {
        _server.Write("/proc/net/route", routes);

        var fault = await _server.FaultAsync(new MulticastNetwork());

        Assert.Equal((Severity.Warning, found), (fault.Severity, fault.Found));
        Assert.StartsWith("ip route add 224.0.0.0/4 dev eth0", fault.Remedy);
    }

    [Theory]
    [InlineData("[transmissions]\ninterface = \"eth7\"", "transmissions.interface = \"eth7\" is no interface of this server", "Set transmissions.interface to one of eth0, eth1, eth2")]
    [InlineData("[server]\nadvertise = \"10.9.9.9\"", "no interface has the address that clients are told, 10.9.9.9", "Set server.advertise to")]
    [InlineData("[transmissions]\ninterface = \"eth1\"", "interface eth1 is down", "ip link set eth1 up")]
    [InlineData("[transmissions]\ninterface = \"eth2\"", "interface eth2 has no IPv4 address, which udp-sender and uftp need", "ip address add ADDRESS/BITS dev eth2")]
    [InlineData("[server]\nadvertise = \"127.0.0.1\"", "transmissions leave by lo (127.0.0.1), so they reach this server alone", "Set server.advertise")]
    public async Task An_interface_that_cannot_be_sent_from_is_told(string configuration, string found, string remedy)
    {
        _server.Configuration = configuration;
        _server.Cards =
        [
            .. _server.Cards, new NetworkCard("eth1", false, false, true, [IPAddress.Parse("10.0.0.1")]), new NetworkCard("eth2", true, false, true, [IPAddress.IPv6Loopback]),
        ];

        var fault = await _server.RunOneAsync(new MulticastNetwork());

        Assert.Equal(found, fault.Found);
        Assert.StartsWith(remedy, fault.Remedy);
    }

    [Fact]
    public async Task Free_ports_are_well()
    {
        await _server.AssertWellAsync(new ListeningPorts());

        _server.Configuration = "[tracker]\nudp = false\n[seeder]\nlisten = \"0.0.0.0:0\"";
        Assert.Equal(
            ["server.listen 127.0.0.1:8006: free", "tracker.listen 0.0.0.0:6969: free", "seeder.listen 0.0.0.0:0: any free port", "transmissions, UDP 9000 to 9098: free"],
            (await _server.RunAsync(new ListeningPorts())).Select(finding => finding.Found));
    }

    [Fact]
    public async Task A_port_that_another_program_has_is_told_with_it()
    {
        _server.Write("/proc/net/tcp6", $"   0: 00000000000000000000000000000000:1B39 00000000000000000000000000000000:0000 0A 0:0 00:0 00000000  4321        0 99 1\n");
        _server.Run(12, "bttrack", "/dev/null", "socket:[99]");

        var fault = await _server.FaultAsync(new ListeningPorts());

        Assert.Equal((Severity.Error, "tracker.listen 0.0.0.0:6969: taken by bttrack (process 12, user root)"), (fault.Severity, fault.Found.Replace(Environment.UserName, "root")));
        Assert.Equal("Stop it (which service it is: systemctl status 12), or change tracker.listen", fault.Remedy);
    }

    [Fact]
    public async Task A_port_whose_holder_cannot_be_seen_is_told_with_its_user()
    {
        _server.Write("/proc/net/tcp", $"   0: 00000000:1AE1 {Tail}  4321        0 99 1\n");

        var fault = await _server.FaultAsync(new ListeningPorts());

        Assert.Equal("seeder.listen 0.0.0.0:6881: taken by a process of somebody, which only root can see", fault.Found);
        Assert.StartsWith("See which: sudo ss -lpn 'sport = :6881'", fault.Remedy);
    }

    [Fact]
    public async Task The_agents_own_ports_are_well()
    {
        _server.Write("/proc/net/tcp", $"   0: 00000000:1AE1 {Tail}  64999        0 99 1\n   1: 00000000:1B39 {Tail}  64999        0 98 1\n");
        _server.Write("/proc/net/udp", "   1: 00000000:1B39 00000000:0000 07 00000000:00000000 00:00000000 00000000  64999        0 97 1\n");
        _server.Run(12, "ogrepo-agent", "socket:[99]", "socket:[98]", "socket:[97]");

        var found = (await _server.RunAsync(new ListeningPorts())).Select(finding => finding.Found).ToList();

        Assert.Contains("tracker.listen 0.0.0.0:6969: the agent's (process 12)", found);
        Assert.Contains("tracker.listen 0.0.0.0:6969 (UDP): the agent's (process 12)", found);
        Assert.Contains("seeder.listen 0.0.0.0:6881: the agent's (process 12)", found);
    }

    [Fact]
    public async Task A_connection_to_a_port_is_no_listener()
    {
        _server.Write("/proc/net/tcp", "   0: 0100007F:1AE1 0100007F:9999 01 00000000:00000000 00:00000000 00000000  4321        0 99 1\n");

        await _server.AssertWellAsync(new ListeningPorts());
    }

    [Fact]
    public async Task Ports_of_transmissions_that_are_taken_are_told()
    {
        _server.Write("/proc/net/udp", "   1: 00000000:2332 00000000:0000 07 0:0 00:0 00000000  4321        0 97 1\n   2: 00000000:2334 00000000:0000 07 0:0 00:0 00000000  64999        0 96 1\n");
        _server.Run(12, "dnsmasq", "socket:[97]");
        _server.Run(13, "udp-sender", "socket:[96]");

        var fault = await _server.FaultAsync(new ListeningPorts());

        Assert.Equal("transmissions, UDP 9000 to 9098: 9010 is taken by dnsmasq (process 12, user root)", fault.Found.Replace(Environment.UserName, "root"));
    }

    [Fact]
    public async Task An_address_of_another_server_and_a_port_of_root_are_told()
    {
        _server.Configuration = "[server]\nlisten = \"10.9.9.9:8006\"";
        Assert.StartsWith("Set server.listen to an address of this server (ip address), or to 0.0.0.0:8006", (await _server.FaultAsync(new ListeningPorts())).Remedy);

        _server.Configuration = "[server]\nlisten = \"127.0.0.1:80\"";
        Assert.StartsWith("server.listen 127.0.0.1:80: only root may listen on it", (await _server.FaultAsync(new ListeningPorts())).Found);
    }

    [Fact]
    public async Task What_listens_and_is_no_agent_is_told_and_gets_no_key()
    {
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        var heard = AnswerAsync(stranger);
        var key = _server.WriteBeside("api.key", "a-key-for-tests-only\n");
        _server.Configuration = $"[server]\nlisten = \"{stranger.LocalEndpoint}\"\napi_key_file = \"{key}\"";

        var fault = await _server.RunOneAsync(new RunningAgent());

        Assert.Equal(Severity.Error, fault.Severity);
        Assert.Contains("belongs to a user that is not the agent's", fault.Found);
        Assert.DoesNotContain("a-key-for-tests-only", await heard);
    }

    [Fact]
    public async Task Where_nobody_listens_it_is_told_how_to_start()
    {
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }
        _server.Configuration = $"[server]\nlisten = \"127.0.0.1:{port}\"";

        var fault = await _server.RunOneAsync(new RunningAgent());

        Assert.Equal((Severity.Warning, $"no agent runs at http://127.0.0.1:{port}"), (fault.Severity, fault.Found));
        Assert.StartsWith("systemctl enable --now ogrepo-agent", fault.Remedy);
    }

    public void Dispose() => _server.Dispose();

    /// <summary>Answers as an agent would, to the first that asks, and tells what it was sent.</summary>
    private static async Task<string> AnswerAsync(TcpListener listener)
    {
        using var connection = await listener.AcceptTcpClientAsync();
        var stream = connection.GetStream();
        var buffer = new byte[64 * 1024];
        var length = await stream.ReadAsync(buffer);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"u8.ToArray());
        return System.Text.Encoding.ASCII.GetString(buffer, 0, length);
    }
}
