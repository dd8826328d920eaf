using System.Net;
using System.Net.Sockets;
using System.Text;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Transmissions;

/// <summary>Real torrent clients fetch what is sent by p2p with what the answer gives them, and the API shows how that goes.</summary>
[Collection("swarm")]
public sealed class P2pTests(ITestOutputHelper output)
{
    private const string Name = "Windows10.img";
    private const int Bytes = 24_000_001;

    private int _lastAddress = 60;

    [FactWith("aria2c", "ctorrent", "transmission-cli")]
    public async Task The_swarm_is_shown_until_three_different_clients_have_the_image()
    {
        await using var lab = await OpenAsync("4MiB/s");
        var image = await lab.ImageAsync(Bytes);
        var started = (await StartAsync(lab)).Transmission;
        Assert.Equal(("p2p", Name, Bytes, 0), (started.Protocol, started.Image, started.BytesTotal, started.Receivers.Count));
        var torrent = await TorrentOfAsync(lab, started);

        await using var aria2 = TorrentClient.Aria2.Start(Request(lab, started.Parameters["magnet"], "aria2"));
        await using var ctorrent = TorrentClient.CTorrent.Start(Request(lab, torrent, "ctorrent"));
        await using var transmission = TorrentClient.Transmission.Start(Request(lab, torrent, "transmission"));
        var sending = await lab.SeeAsync(
            started.Id, "three peers are on their way", shown => shown is
            {
                State: "sending", BytesPerSecond: > 0, Swarm: { BytesUploaded: > 0, Complete: 0, Incomplete: 3, Finished: 0 },
            } && shown.Receivers.Any(peer => peer is { BytesDone: > 0, BytesFromHere: > 0 }));
        Assert.Equal(3, sending.Receivers.Count);
        Assert.Equal(started.Id, Assert.Single((await lab.SendAsync("GET", "p2p")).Transmissions).Id);

        foreach (var client in new[] { aria2, ctorrent, transmission })
            await SendingLab.AssertSameAsync(image, (await client.CompleteAsync()).FilePath);
        var ended = await lab.SeeAsync(started.Id, "three have finished", shown => shown.Swarm is { Finished: 3, Incomplete: 0 });
        Assert.All(ended.Receivers, peer => Assert.Equal(("finished", Bytes), (peer.State, peer.BytesDone)));
        Assert.True(ended.Swarm!.BytesUploaded >= Bytes, $"{ended.Swarm.BytesUploaded} bytes were uploaded");
    }

    [FactWith("aria2c", "ctorrent")]
    public async Task Cancelled_it_is_seeded_to_nobody_until_it_is_sent_again()
    {
        await using var lab = await OpenAsync("unlimited");
        var image = await lab.ImageAsync(1_000_000);
        var started = (await StartAsync(lab)).Transmission;
        var torrent = await TorrentOfAsync(lab, started);
        await TorrentClient.Aria2.DownloadAsync(Request(lab, torrent, "before"));

        var cancelled = Assert.Single((await lab.SendAsync("DELETE", $"p2p/images/{Name}")).Transmissions);
        Assert.Equal((started.Id, "cancelled"), (cancelled.Id, cancelled.State));
        await AssertRefusedAsync(lab, torrent);
        await using (var late = TorrentClient.Aria2.Start(Request(lab, torrent, "late")))
        {
            await lab.Agent.SeeAsync("aria2 is refused", () => Task.FromResult(late.Log.Contains("not shared by this repository", StringComparison.Ordinal)));
            Assert.Equal(0, late.DownloadedBytes());
        }

        lab.Repository.Write($"{Name}.info", "PARTCLONE:LZOP:EXTFS:20000:aula1-pc3\n");
        await lab.Agent.SeeAsync("the catalogue knows more of it", async () => (await lab.Agent.Api.FindAsync(Name))!.ClientName == "aula1-pc3");
        await AssertRefusedAsync(lab, torrent);

        var again = (await StartAsync(lab)).Transmission;
        Assert.NotEqual(started.Id, again.Id);
        var result = await TorrentClient.CTorrent.DownloadAsync(Request(lab, torrent, "again"));
        await SendingLab.AssertSameAsync(image, result.FilePath);
    }

    [FactWith("ctorrent")]
    public async Task Cancelled_it_is_seeded_again_by_the_next_run_of_the_agent()
    {
        await using var lab = await OpenAsync("unlimited");
        var image = await lab.ImageAsync(1_000_000);
        var started = (await StartAsync(lab)).Transmission;
        var torrent = await TorrentOfAsync(lab, started);
        await lab.SendAsync("DELETE", "p2p");
        await AssertRefusedAsync(lab, torrent);

        Assert.Equal(0, await lab.Agent.StopAsync());
        await lab.StartAgentAsync();

        Assert.Empty((await lab.SendAsync("GET", "transmissions")).Transmissions);
        var result = await TorrentClient.CTorrent.DownloadAsync(Request(lab, torrent, "after"));
        await SendingLab.AssertSameAsync(image, result.FilePath);
    }

    [Fact]
    public async Task Started_often_at_one_moment_it_is_one_and_keeps_its_image_until_it_is_cancelled()
    {
        await using var lab = await OpenAsync("unlimited");
        await lab.ImageAsync(1_000_000);

        var waiting = lab.SendAsync("POST", "images/p2p", $$"""{"image":"{{Name}}"}""", "wait=100");
        await lab.Agent.SeeAsync("it runs", async () => (await lab.SendAsync("GET", "p2p")).Transmissions.Count == 1);
        var started = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => StartAsync(lab)));
        var id = Assert.Single(started.Select(reply => reply.Transmission.Id).Distinct());
        var refused = await lab.SendAsync("DELETE", "images/Windows10");
        await lab.SendAsync("DELETE", $"transmissions/{id}");

        Assert.Equal((409, "image_in_use"), (refused.Status, refused.Code));
        Assert.Equal("\"Windows10.img\" is in use by a p2p transmission, which has to be cancelled first.", refused.Error);
        var answer = (await waiting).Transmission;
        Assert.Equal((id, "cancelled"), (answer.Id, answer.State));
        Assert.Equal(200, (await lab.SendAsync("DELETE", "images/Windows10")).Status);
    }

    private Task<SendingLab> OpenAsync(string rate) => SendingLab.OpenAsync(
        new LoopbackClassroom("torrent clients need none"), new TestRepository(output, new AgentSettings { SeederRateLimit = rate }));

    /// <summary>At once, so that the torrent has to be made first.</summary>
    private static Task<Reply> StartAsync(SendingLab lab) => lab.SendAsync("POST", "images/p2p", $$"""{"image":"{{Name}}"}""");

    /// <summary>The torrent from the URL of the answer, which everyone may read; the rest of the answer has to be about the same.</summary>
    private static async Task<string> TorrentOfAsync(SendingLab lab, ShownTransmission started)
    {
        Assert.Equal(lab.Agent.Api.UrlOf($"torrents/{Name}.torrent"), started.Parameters["torrent"]);
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        var path = lab.Repository.Beside($"{Name}.torrent");
        await File.WriteAllBytesAsync(path, await client.GetByteArrayAsync(new Uri(started.Parameters["torrent"])));
        var hash = Torrent.Read(path).InfoHash;
        Assert.Equal(hash, started.Parameters["infohash"]);
        Assert.StartsWith($"magnet:?xt=urn:btih:{hash}&", started.Parameters["magnet"], StringComparison.Ordinal);
        return path;
    }

    /// <summary>Neither the tracker nor the seeder knows the torrent.</summary>
    private static async Task AssertRefusedAsync(SendingLab lab, string torrent)
    {
        var hash = Convert.FromHexString(Torrent.Read(torrent).InfoHash);
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        var query = $"info_hash={string.Concat(hash.Select(value => $"%{value:X2}"))}&peer_id=-XX0000-aaaaaaaaaaaa&port=7000&uploaded=0&downloaded=0&left=1";
        var announced = await client.GetStringAsync(new Uri($"http://{lab.Repository.Settings.Tracker}/announce?{query}"));
        Assert.StartsWith("d14:failure reason", announced, StringComparison.Ordinal);

        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await peer.ConnectAsync(IPEndPoint.Parse((await lab.Agent.Api.StatusAsync()).Seeder!.Listen));
        await peer.SendAsync((byte[])[19, .. "BitTorrent protocol"u8, 0, 0, 0, 0, 0, 0, 0, 0, .. hash, .. Encoding.ASCII.GetBytes("-XX0000-aaaaaaaaaaaa")]);
        Assert.Equal(0, await ReceiveAsync(peer));
    }

    /// <summary>Zero bytes are the end of the connection, and so is its being torn off.</summary>
    private static async Task<int> ReceiveAsync(Socket peer)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            return await peer.ReceiveAsync(new byte[1], limit.Token);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }

    private DownloadRequest Request(SendingLab lab, string source, string client) => new(
        source, Name, lab.Repository.Beside(client), IPAddress.Parse($"127.0.0.{Interlocked.Increment(ref _lastAddress)}"));
}
