using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Agent.EndToEnd.Support;

/// <summary>The configuration of an agent under test. What is not said here has the agent's own default.</summary>
public sealed record AgentSettings
{
    private const int FirstPort = 20_000;
    private const int LastPort = 32_000;

    private static int _nextPort = Random.Shared.Next(FirstPort, LastPort);

    /// <summary>How long an image has to be quiet; short, for tests wait for it.</summary>
    public string Settle { get; init; } = "200ms";

    /// <summary>Time between rescans; long, so that nothing is found by a rescan that an event should have told.</summary>
    public string Rescan { get; init; } = "1h";

    public string Listen { get; init; } = "127.0.0.1:0";

    public string Advertise { get; init; } = "127.0.0.1";

    /// <summary>
    /// A port that stays the same over restarts, as on a real server: torrents name it, and would all be written anew with another. Not
    /// one of those that the kernel gives to outgoing connections meanwhile.
    /// </summary>
    public string Tracker { get; init; } = $"127.0.0.1:{FreePort()}";

    public string Seeder { get; init; } = "127.0.0.1:0";

    /// <summary>Most that the seeder sends to all together.</summary>
    public string SeederRateLimit { get; init; } = "unlimited";

    /// <summary>Further lines of <c>[repository]</c>.</summary>
    public string MoreOfRepository { get; init; } = "";

    /// <summary>Further lines of <c>[server]</c>.</summary>
    public string MoreOfServer { get; init; } = "";

    /// <summary>Further lines of <c>[seeder]</c>.</summary>
    public string MoreOfSeeder { get; init; } = "";

    /// <summary>Further tables.</summary>
    public string More { get; init; } = "";

    /// <summary>The content of <c>agent.toml</c>.</summary>
    public string ToToml(string images, string state) =>
        $"""
        [repository]
        images = "{images}"
        state = "{state}"
        settle = "{Settle}"
        rescan = "{Rescan}"
        {MoreOfRepository}

        [server]
        listen = "{Listen}"
        advertise = "{Advertise}"
        {MoreOfServer}

        [tracker]
        listen = "{Tracker}"

        [seeder]
        listen = "{Seeder}"
        rate_limit = "{SeederRateLimit}"
        {MoreOfSeeder}

        {More}
        """;

    private static string FreePort()
    {
        while (true)
        {
            var port = FirstPort + Interlocked.Increment(ref _nextPort) % (LastPort - FirstPort);
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port.ToString(CultureInfo.InvariantCulture);
            }
            catch (SocketException)
            {
                // Somebody has it: the next one.
            }
        }
    }
}
