using Agent.BitTorrent;
using Agent.Tests.Support;
using Agent.Tests.Transmissions;

namespace Agent.Tests.Api;

public sealed class TransmissionTests
{
    private const string Root = "/ogrepository/v1";

    [FactWithPrograms("udp-sender")]
    public async Task A_udpcast_transmission_starts_is_shown_and_is_cancelled()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("Windows10.img", new byte[100_000]);
        var port = SenderLab.FreeClassroomPair();

        var started = await agent.SendAsync("POST", $"{Root}/images/udpcast",
            $$"""{"image":"Windows10.img", "port":"{{port}}", "method":"full", "ip":"239.194.17.2", "bitrate":"70M", "nclients":"20", "maxtime":"120"}""");
        var shown = await agent.SendAsync("GET", $"{Root}/udpcast");
        var again = await agent.SendAsync("POST", $"{Root}/images/udpcast", $$"""{"image":"Windows10.img","session":"{{port}}:full-duplex:239.194.17.2:70M:20:120"}""");
        var deleted = await agent.SendAsync("DELETE", $"{Root}/images/Windows10");
        var cancelled = await agent.SendAsync("DELETE", $"{Root}/udpcast/images/Windows10.img");
        var after = await agent.SendAsync("GET", $"{Root}/transmissions/{started.Body.GetProperty("id").GetString()}");

        Assert.Equal((200, "waiting", "Windows10.img"), (started.Status, started.Body.GetProperty("state").GetString(), started.Body.GetProperty("image").GetString()));
        Assert.Single(shown.Body.GetProperty("transmissions").EnumerateArray());
        Assert.Equal((409, "port_busy"), (again.Status, again.Body.GetProperty("code").GetString()));
        Assert.Equal((409, "image_in_use"), (deleted.Status, deleted.Body.GetProperty("code").GetString()));
        Assert.Equal(
            "\"Windows10.img\" is in use by a udpcast transmission, which has to end or be cancelled first.", deleted.Body.GetProperty("error").GetString());
        Assert.Equal(200, cancelled.Status);
        Assert.Equal("cancelled", after.Body.GetProperty("state").GetString());
    }

    [Fact]
    public async Task The_example_of_p2p_seeds_until_it_is_cancelled()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("Windows10.img", [1, 2, 3]);

        var started = await agent.SendAsync("POST", $"{Root}/images/p2p", """{"image":"Windows10.img"}""");
        var cancelled = await agent.SendAsync("DELETE", $"{Root}/p2p/images/Windows10.img");
        var stopped = agent.Service<TorrentRegistry>().Count;
        var again = await agent.SendAsync("POST", $"{Root}/images/p2p", """{"image":"Windows10.img"}""");

        Assert.Equal(200, started.Status);
        Assert.StartsWith("magnet:?xt=urn:btih:", started.Body.GetProperty("parameters").GetProperty("magnet").GetString());
        Assert.Equal($"{agent.Url}torrents/Windows10.img.torrent", started.Body.GetProperty("parameters").GetProperty("torrent").GetString());
        Assert.Equal((200, 0), (cancelled.Status, stopped));
        Assert.Equal(200, again.Status);
        Assert.Equal(1, agent.Service<TorrentRegistry>().Count);
    }

    [Fact]
    public async Task Many_starts_of_p2p_at_one_moment_are_one_transmission()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("Windows10.img", [1, 2, 3]);

        var started = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => agent.SendAsync("POST", $"{Root}/images/p2p", """{"image":"Windows10.img"}""")));
        var shown = await agent.SendAsync("GET", $"{Root}/transmissions");

        Assert.All(started, answer => Assert.Equal(200, answer.Status));
        Assert.Single(started.Select(answer => answer.Body.GetProperty("id").GetString()).Distinct());
        Assert.Single(shown.Body.GetProperty("transmissions").EnumerateArray());
    }

    [Fact]
    public async Task A_cancelled_p2p_is_not_seeded_whatever_content_the_image_gets_until_it_is_sent_again()
    {
        await using var agent = await RunningAgent.StartAsync();
        var torrents = agent.Service<TorrentRegistry>();
        await agent.AddAsync("Windows10.img", [1, 2, 3]);
        await agent.AddAsync("Linux.img", [1, 2, 3, 4]);
        await agent.SendAsync("POST", $"{Root}/images/p2p", """{"image":"Windows10.img"}""");
        await agent.SendAsync("POST", $"{Root}/images/p2p", """{"image":"Linux.img"}""");
        await agent.SendAsync("DELETE", $"{Root}/p2p");

        await agent.AddAsync("Windows10.img", [5, 6, 7, 8, 9]);
        await agent.AddAsync("Debian.img", [1, 2]);
        // The publisher takes one state of the catalogue after the other, so the other image has had its turn by then.
        SenderLab.WaitUntil(() => torrents.Find(agent["Debian.img"]) is not null);
        var shared = torrents.Count;
        var again = await agent.SendAsync("POST", $"{Root}/images/p2p", """{"image":"Windows10.img"}""");

        Assert.Equal(1, shared);
        Assert.Equal((200, 5), (again.Status, again.Body.GetProperty("bytes_total").GetInt64()));
        Assert.Equal(5, torrents.Find(agent["Windows10.img"])?.Length);
        Assert.Null(torrents.Find(agent["Linux.img"]));
    }

    [Theory]
    [InlineData("udpcast", """{"image":"Windows10.img", "port":9001, "method":"full", "ip":"239.194.17.2", "bitrate":"70M", "nclients":20, "maxtime":120}""", "parameter_invalid")]
    [InlineData("uftp", """{"image":"Windows10.img", "port":"9000", "ip":"239.194.17.2", "bitrate":"70"}""", "parameter_invalid")]
    [InlineData("uftp", """{"image":"Linux.img", "port":"9000", "ip":"239.194.17.2", "bitrate":"1G"}""", "image_not_found")]
    [InlineData("udpcast", """{"image":"Windows10.img", "port":true}""", "body_invalid")]
    [InlineData("udpcast", """{"image":"Windows10.img", "session":"9000"}""", "parameter_invalid")]
    [InlineData("udpcast", """{"image":"Windows10.img", "session":"9000:full:239.194.17.2:70M:20:120", "port":9000}""", "parameter_invalid")]
    public async Task Wrong_parameters_are_named(string protocol, string body, string code)
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("Windows10.img", [1]);

        var answer = await agent.SendAsync("POST", $"{Root}/images/{protocol}", body);

        Assert.Equal((400, code), (answer.Status, answer.Body.GetProperty("code").GetString()));
    }
}
