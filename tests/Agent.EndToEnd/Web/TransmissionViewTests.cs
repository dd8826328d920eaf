using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Agent.EndToEnd.Support;
using Agent.EndToEnd.Transmissions;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Agent.EndToEnd.Web;

/// <summary>Sending in the browser, to a real receiver on this machine.</summary>
[Collection(BrowserCollection.Name)]
public sealed class TransmissionViewTests(Browser browser, ITestOutputHelper output)
{
    private const int DiscardPort = 9;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [FactWith(Browser.Program, "udp-sender", "udp-receiver")]
    public async Task By_UDPcast_its_progress_and_receivers_are_live_until_it_is_cancelled()
    {
        await using var lab = await OpenLabAsync();
        // At the lowest rates this takes so long that nobody need hurry to see it.
        await lab.ImageAsync(30_000_000, "A.img");
        await using var visit = await OpenImageAsync(lab, "A.img");
        var port = lab.Room.NextPort();

        await visit.DoAsync("send-open");
        await visit.FillAsync("port", $"{port + 1}");
        await visit.DoAsync("send");
        await Expect(visit.Dialog.Last.Locator(".failed")).ToContainTextAsync($"\"{port + 1}\", but must be an even port");
        await visit.FillAsync("port", $"{port}");
        await visit.FillAsync("ip", Classroom.Group);
        await visit.FillAsync("bitrate", "8M");
        await visit.ChooseAsync("duplex", "half");
        await visit.FillAsync("nclients", "1");
        await visit.FillAsync("maxtime", "90");
        await visit.DoAsync("send");
        await visit.ClosedAsync();
        var card = visit.Page.Locator("#transmissions section");
        await Expect(card).ToContainTextAsync(new Regex($"A\\.img.*waiting.*/ 28\\.6 MiB.*{port}.*half-duplex.*8M.*90.*Receivers: 0"));
        lab.UdpReceivers(port, "received");

        await Expect(card).ToContainTextAsync(new Regex("sending.*[1-9].*/ 28\\.6 MiB.*iB/s.*Receivers: 1"));
        await visit.DoAsync("receivers", card);
        await Expect(card.Locator("li")).ToContainTextAsync(new Regex("127\\.0\\.0\\.1.*connected"));
        await visit.DoAsync("transmission-log", card);
        await Expect(card.Locator("pre")).ToContainTextAsync("New connection from 127.0.0.1");
        var before = await DoneAsync(card);
        await Eventually.SeeAsync(async () => await DoneAsync(card) > before ? "more" : null, "the bar moves", () => lab.Agent.Log);
        await visit.DoAsync("transmission-cancel-open");
        await visit.DoAsync("transmission-cancel");

        await Expect(card.Locator(".state").First).ToHaveTextAsync("cancelled");
        await Expect(visit.Control("transmission-cancel-open", card)).ToHaveCountAsync(0);
        Assert.Equal("cancelled", Assert.Single((await lab.SendAsync("GET", "transmissions")).Transmissions).State);
    }

    [FactWith(Browser.Program, "uftp", "uftpd")]
    public async Task By_UFTP_the_image_arrives_and_the_page_says_done()
    {
        await using var lab = await OpenLabAsync();
        var image = await lab.ImageAsync(300_000, "A.img");
        await using var visit = await OpenImageAsync(lab, "A.img");
        var port = lab.Room.NextPort();
        await lab.UftpReceiversAsync(port, "received");

        await visit.DoAsync("send-open");
        await visit.ChooseAsync("protocol", "uftp");
        await Expect(visit.Dialog.Last).ToContainTextAsync("Receivers must be listening already.");
        await visit.FillAsync("port", $"{port}");
        await visit.FillAsync("ip", lab.Room.UftpAddress);
        await visit.FillAsync("clients", lab.Room.Seats[0].UftpName);
        await visit.DoAsync("send");
        await visit.ClosedAsync();

        await Expect(visit.Page.Locator("#transmissions section")).ToContainTextAsync(new Regex("A\\.img.*done.*UFTP.*293 KiB / 293 KiB"));
        await SendingLab.AssertSameAsync(image, lab.Repository.Beside("received0/A.img"));
    }

    [FactWith(Browser.Program)]
    public async Task By_BitTorrent_peers_are_shown_and_all_of_it_is_stopped_at_once()
    {
        await using var lab = await OpenLabAsync();
        foreach (var name in (string[])["A.img", "B.img"])
        {
            await lab.ImageAsync(100_000, name);
            await lab.Agent.SeeAsync($"{name} is indexed", () => lab.Agent.Api.FindReadyAsync(name));
        }
        await using var visit = await browser.VisitAsync(lab.Agent, "images");
        await visit.EnterKeyAsync();
        foreach (var name in (string[])["A.img", "B.img"])
        {
            await visit.GoAsync("images");
            await visit.OpenAsync(name);
            await visit.DoAsync("send-open");
            await visit.ChooseAsync("protocol", "p2p");
            await Expect(visit.Page.GetByLabel("Port (even)")).ToBeHiddenAsync();
            await visit.DoAsync("send");
            await visit.ClosedAsync();
        }
        await Peers.AnnounceAsync(lab.Agent, (await lab.Agent.Api.FindAsync("A.img"))!.InfoHash!);

        var card = visit.Page.Locator("#transmissions section", new() { HasText = "A.img" });
        await Expect(card).ToContainTextAsync(new Regex("sending.*BitTorrent.*1 complete.*0 loading.*Peers: 1"));
        await visit.DoAsync("receivers", card);
        await Expect(card.Locator("li")).ToContainTextAsync(Peers.Address);
        await visit.DoAsync("p2p-cancel-open");
        await Expect(visit.Dialog).ToContainTextAsync("End all transmissions by BitTorrent?");
        await visit.DoAsync("p2p-cancel");

        await Expect(visit.Page.Locator("#transmissions section > p:nth-child(2) .state")).ToHaveTextAsync(["cancelled", "cancelled"]);
        await Expect(visit.Control("p2p-cancel-open")).ToHaveCountAsync(0);
        Assert.All((await lab.SendAsync("GET", "transmissions")).Transmissions, one => Assert.Equal("cancelled", one.State));
    }

    [FactWith(Browser.Program)]
    public async Task Computers_are_woken_and_what_is_no_address_stays_to_be_mended()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();
        using var computer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        computer.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        // An address of its own, for other tests send to 127.0.0.1.
        computer.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.77"), DiscardPort));
        await using var visit = await browser.VisitAsync(agent, "transmissions");
        visit.Expected = ["status of 400"];
        await visit.EnterKeyAsync();
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("Nothing is being sent.");

        await visit.DoAsync("wake-open");
        await visit.FillAsync("macs", "00:11:22:AA:BB:01\n<b>nonsense</b>, 00-11-22-AA-BB-02");
        await visit.FillAsync("broadcast", "127.0.0.77");
        await visit.DoAsync("wake");

        await Expect(visit.Dialog.Locator(".failed")).ToContainTextAsync("\"<b>nonsense</b>\" is not a hardware address");
        await Expect(visit.Control("macs")).ToHaveValueAsync("<b>nonsense</b>");
        await visit.ToldAsync("Packets sent: 2");
        Assert.EndsWith("001122AABB01", await PacketAsync(computer), StringComparison.Ordinal);
        Assert.EndsWith("001122AABB02", await PacketAsync(computer), StringComparison.Ordinal);
        await visit.FillAsync("macs", "001122AABB03");
        await visit.DoAsync("wake");
        await visit.ClosedAsync();
        Assert.EndsWith("001122AABB03", await PacketAsync(computer), StringComparison.Ordinal);
    }

    /// <summary>Everything on loopback: the browser is on no other network.</summary>
    private async Task<SendingLab> OpenLabAsync()
    {
        var room = new LoopbackClassroom("so that the browser reaches it");
        return await SendingLab.OpenAsync(room, new TestRepository(output, room.Settings) { Place = room.Place });
    }

    private async Task<Visit> OpenImageAsync(SendingLab lab, string name)
    {
        var visit = await browser.VisitAsync(lab.Agent, "images");
        visit.Expected = ["status of 400"];
        await visit.EnterKeyAsync();
        await visit.OpenAsync(name);
        return visit;
    }

    private static Task<long> DoneAsync(ILocator card) => card.Locator("progress").First.EvaluateAsync<long>("bar => bar.value");

    private static async Task<string> PacketAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(Patience);
        var buffer = new byte[1024];
        return Convert.ToHexString(buffer, 0, await socket.ReceiveAsync(buffer, limit.Token));
    }
}
