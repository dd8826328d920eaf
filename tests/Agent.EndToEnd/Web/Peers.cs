using System.Net;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Web;

/// <summary>Peers, as the tracker of an agent knows them.</summary>
internal static class Peers
{
    /// <summary>Where the peer says that it listens.</summary>
    public const string Address = "127.0.0.1:50001";

    /// <summary>A peer tells the tracker that it has all of an image.</summary>
    public static async Task AnnounceAsync(AgentProcess agent, string infoHash)
    {
        var status = await agent.Api.StatusAsync();
        using var peer = new HttpClient();
        var hash = string.Concat(Convert.FromHexString(infoHash).Select(value => $"%{value:x2}"));
        var answer = await peer.GetAsync($"http://{status.Tracker!.Listen}/announce?info_hash={hash}&peer_id=-TE0001-000000000000&port=50001&uploaded=0&downloaded=1&left=0&compact=1&event=started");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
