using System.Net;
using System.Net.Sockets;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Systemd;

/// <summary>The API's socket comes from systemd.</summary>
public sealed class ActivationTests(ITestOutputHelper output)
{
    [FactWith("systemd-socket-activate")]
    public async Task The_agent_serves_the_socket_that_it_was_handed()
    {
        var address = FreeAddress();
        // In the configuration stands another address, which is not listened on.
        await using var repository = new TestRepository(output, new AgentSettings { Listen = "127.0.0.1:1" })
        {
            Place = new AgentPlace(["systemd-socket-activate", "--listen", address, "--fdname", "api"], () => new SocketsHttpHandler()),
        };
        var agent = repository.Launch();
        await agent.SeeAsync("systemd listens", () => Task.FromResult(agent.Log.Contains("Listening on", StringComparison.Ordinal)));

        // The first connection starts the agent, and waits for it.
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        var first = client.GetAsync(new Uri($"http://{address}/healthz"));
        await agent.WaitUntilReadyAsync();

        Assert.Contains(((int)(await first).StatusCode), (int[])[200, 503]);
        Assert.Equal($"http://{address}/", agent.Api.Url.AbsoluteUri);
        Assert.Equal([$"http://{address}"], (await agent.Api.StatusAsync()).Listen);
        Assert.Equal(0, await agent.StopAsync());
    }

    private static string FreeAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket.LocalEndPoint!.ToString()!;
    }
}
