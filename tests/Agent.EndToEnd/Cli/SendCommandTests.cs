using System.Net;
using System.Text.Json;
using Agent.EndToEnd.Support;
using Agent.EndToEnd.Transmissions;
using Xunit.Abstractions;
using static Agent.EndToEnd.Cli.CliExit;

namespace Agent.EndToEnd.Cli;

/// <summary><c>send</c> and <c>transmissions</c>, with real senders and receivers on the loopback interface.</summary>
[Collection("swarm")]
public sealed class SendCommandTests(ITestOutputHelper output)
{
    private readonly LoopbackClassroom _room = new("one client is enough for a command");

    [FactWith("udp-sender", "udp-receiver")]
    public async Task Image_is_sent_by_UDPcast_and_waited_for()
    {
        var port = _room.NextPort();
        await using var repository = Repository();
        await using var agent = await StartAsync(repository, 8_000_000);

        await using var send = new RunningCommand(agent, ["send", "udpcast", "A.img", .. Udpcast(port, "300M", clients: 1), "--wait"]);
        await send.SeeAsync("A.img: udpcast waiting, 0 clients, 0 %, 0 B of 7.6 MiB");
        using var receiver = _room.Seats[0].UdpReceiver(port, repository.Beside("received"));
        var ended = await send.EndAsync();
        await receiver.SucceedAsync();

        Assert.Equal(await ReferenceDigests.OfAsync(repository["A.img"]), await ReferenceDigests.OfAsync(repository.Beside("received")));
        Assert.True(ended.ExitCode == Done, ended.Errors + ended.Output);
        Assert.Contains("A.img: udpcast done, 1 client, 1 finished, 100 %, 7.6 MiB of 7.6 MiB", ended.Errors);
        Assert.Matches(@"(?m)^State +done *$", ended.Output);
        Assert.Matches(@"(?m)^ *127\.0\.0\.1 +finished", ended.Output);

        var table = await AgentCommand.AskAsync(agent, "transmissions");
        Assert.Matches(@"(?m)^ *[0-9a-f]{12} +udpcast +A\.img +done +1 +100 % ", table.Output);
        Assert.Equal("There are no transmissions.\n", (await AgentCommand.AskAsync(agent, "transmissions", "--protocol", "udpcast")).Output);
        Assert.Equal(Done, (await AgentCommand.AskAsync(agent, "transmissions", "watch", await OnlyIdAsync(agent))).ExitCode);
    }

    [FactWith("uftp", "uftpd")]
    public async Task Image_is_sent_by_UFTP_and_waited_for()
    {
        await using var repository = Repository();
        await using var agent = await StartAsync(repository, 8_000_000);
        var port = _room.NextPort();
        using var receiver = await _room.Seats[0].UftpReceiverAsync(port, repository.Beside("received"));

        await using var send = new RunningCommand(
            agent, "send", "uftp", "A.img", "--port", $"{port}", "--ip", "127.0.0.1", "--bitrate", "300M", "--maxtime", "5", "--wait", "--json");
        var ended = await send.EndAsync();

        Assert.True(ended.ExitCode == Done, ended.Errors + ended.Output);
        Assert.Equal("", ended.Errors);
        Assert.Equal("done", JsonDocument.Parse(ended.Bytes).RootElement.GetProperty("state").GetString());
        Assert.Equal(await ReferenceDigests.OfAsync(repository["A.img"]), await ReferenceDigests.OfAsync(Path.Combine(repository.Beside("received"), "A.img")));
    }

    [Fact]
    public async Task All_transmissions_of_an_image_or_of_p2p_are_cancelled_at_once()
    {
        await using var repository = Repository();
        await using var agent = await StartAsync(repository, 1000);

        foreach (var more in (string[][])[["--image", "A.img"], []])
        {
            Assert.Equal(Done, (await AgentCommand.AskAsync(agent, "send", "p2p", "A.img")).ExitCode);
            var cancelled = await AgentCommand.AskAsync(agent, ["transmissions", "cancel", "--protocol", "p2p", .. more]);
            Assert.Equal((Done, ""), (cancelled.ExitCode, cancelled.Errors));
            Assert.Matches(@"^Transmission [0-9a-f]{12} of ""A\.img"" is cancelled\.\n$", cancelled.Output);
        }
        Assert.Equal("There are no such transmissions.\n", (await AgentCommand.AskAsync(agent, "transmissions", "cancel", "--protocol", "p2p")).Output);
        Assert.Equal(No, (await AgentCommand.AskAsync(agent, "transmissions", "cancel", "--protocol", "uftp", "--image", "A.img")).ExitCode);
        foreach (var wrong in (string[][])[[], ["--protocol", "udpcast"], ["--image", "A.img"], ["0a1b2c3d4e5f", "--protocol", "p2p"], ["--protocol", "carrier-pigeon"]])
            Assert.Equal(Usage, (await AgentCommand.AskAsync(agent, ["transmissions", "cancel", .. wrong])).ExitCode);
    }

    [Fact]
    public async Task Swarms_tell_who_has_what_and_who_is_getting_it()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await StartAsync(repository, 100_000);
        Assert.Equal("No peers have told the tracker of an image.\n", (await AgentCommand.AskAsync(agent, "swarms")).Output);
        var image = (await agent.Api.FindReadyAsync("A.img"))!;
        using var tracker = new HttpClient();
        var hash = string.Concat(Convert.FromHexString(image.InfoHash!).Select(value => $"%{value:x2}"));
        using var told = await tracker.GetAsync(new Uri($"http://{repository.Settings.Tracker}/announce?info_hash={hash}&peer_id=-XX0000-123456789012&port=6999&uploaded=0&downloaded=0&left=2048&compact=1"));

        Assert.Matches(@"(?m)^ *A\.img +0 +1 +0", (await AgentCommand.AskAsync(agent, "swarms")).Output);
        Assert.Matches(@"(?m)^ *A\.img +127\.0\.0\.1:6999 +2\.0 KiB$", (await AgentCommand.AskAsync(agent, "swarms", "--peers")).Output);
        var json = JsonDocument.Parse((await AgentCommand.AskAsync(agent, "swarms", "--json")).Bytes).RootElement;
        Assert.Equal(1, json.GetProperty("swarms")[0].GetProperty("incomplete").GetInt32());
    }

    [FactWith("aria2c")]
    public async Task Image_is_seeded_until_a_client_has_it()
    {
        await using var repository = Repository();
        await using var agent = await StartAsync(repository, 8_000_000);

        await using var send = new RunningCommand(agent, "send", "p2p", "A.img", "--wait", "--until", "1");
        await send.SeeAsync("A.img: p2p waiting, 0 clients");
        await using var download = TorrentClient.Aria2.Start(
            new DownloadRequest(repository["A.img.torrent"], "A.img", repository.Beside("received"), IPAddress.Parse("127.0.0.9")));
        await download.CompleteAsync(CancellationToken.None);
        var ended = await send.EndAsync();

        Assert.True(ended.ExitCode == Done, ended.Errors + ended.Output);
        Assert.Contains("magnet:?xt=urn:btih:", ended.Output);
        Assert.Matches(@"(?m)^Clients .* 1 finished *$", ended.Output);
        // It goes on: others may want it too.
        Assert.Matches("waiting|sending", await StateAsync(agent, await OnlyIdAsync(agent)));
    }

    [FactWith("udp-sender")]
    public async Task Ctrl_C_leaves_the_transmission_running_unless_it_is_to_cancel_it()
    {
        var port = _room.NextPort();
        await using var repository = Repository();
        await using var agent = await StartAsync(repository, 1000);

        await using var send = new RunningCommand(agent, ["send", "udpcast", "A.img", .. Udpcast(port, "70M", clients: 2), "--wait"]);
        await send.SeeAsync("udpcast waiting");
        send.PressControlC();
        var interrupted = await send.EndAsync();
        var id = await OnlyIdAsync(agent);
        var goesOn = await StateAsync(agent, id);
        var portTaken = await AgentCommand.AskAsync(agent, ["send", "udpcast", "A.img", .. Udpcast(port, "70M", clients: 2)]);
        var cancelled = await AgentCommand.AskAsync(agent, "transmissions", "cancel", id);
        await using var second = new RunningCommand(agent, ["send", "udpcast", "A.img", .. Udpcast(port, "70M", clients: 2), "--wait", "--cancel-on-interrupt"]);
        await second.SeeAsync("udpcast waiting");
        second.PressControlC();
        var ended = await second.EndAsync();

        Assert.Equal((Interrupted, ""), (interrupted.ExitCode, interrupted.Output));
        Assert.Contains($"Transmission {id} goes on: \"ogrepo-agent transmissions watch {id}\" shows it", interrupted.Errors);
        Assert.Equal("waiting", goesOn);
        Assert.Equal((No, ""), (portTaken.ExitCode, portTaken.Output));
        Assert.Contains($"{port}", portTaken.Errors);
        Assert.Equal((Done, $"Transmission {id} of \"A.img\" is cancelled.\n"), (cancelled.ExitCode, cancelled.Output));
        Assert.Equal(Interrupted, ended.ExitCode);
        Assert.Contains(" is cancelled.", ended.Errors);
        Assert.Equal("There are no transmissions.\n", (await AgentCommand.AskAsync(agent, "transmissions", "--protocol", "udpcast")).Output);
    }

    [FactWith("udp-sender")]
    public async Task Session_string_is_taken_and_an_end_without_success_is_a_no()
    {
        var port = _room.NextPort();
        await using var repository = Repository();
        await using var agent = await StartAsync(repository, 1000);

        var started = await AgentCommand.AskAsync(agent, "send", "udpcast", "A.img", "--session", $"{port}:full-duplex:239.194.17.2:70M:20:120");
        var id = await OnlyIdAsync(agent);
        var shown = await AgentCommand.AskAsync(agent, "transmissions", "show", id);
        await using var watch = new RunningCommand(agent, "transmissions", "watch", id);
        await watch.SeeAsync("udpcast waiting");
        await AgentCommand.AskAsync(agent, "transmissions", "cancel", id, "--json");
        var watched = await watch.EndAsync();

        Assert.Equal((Done, ""), (started.ExitCode, started.Errors));
        Assert.Matches(@"(?m)^State +waiting *$", started.Output);
        Assert.Matches(@"(?m)^  nclients +20 *$", shown.Output);
        Assert.Contains("UDP sender for", shown.Output);
        Assert.Equal(No, watched.ExitCode);
        Assert.Matches(@"(?m)^State +cancelled *$", watched.Output);
    }

    [Fact]
    public async Task Wrong_parameters_are_wrong_usage_and_a_sender_that_is_not_there_is_a_no()
    {
        var port = _room.NextPort();
        await using var repository = Repository("udp_sender = \"/nonexistent/udp-sender\"");
        await using var agent = await StartAsync(repository, 1000);

        string[][] wrong =
        [
            ["send", "udpcast", "A.img"],
            ["send", "udpcast", "A.img", "--session", "9000"],
            ["send", "udpcast", "A.img", "--session", "9000", "--port", "9000"],
            ["send", "udpcast", "A.img", "--cancel-on-interrupt"],
            ["send", "uftp", "A.img", "--port", "odd", "--ip", "1.2.3.4", "--bitrate", "1G"],
            ["send", "p2p", "A.img", "--until", "3"],
            ["send", "p2p", "A.img", "--wait", "--until", "none"],
            ["send", "p2p"],
            ["send"],
            ["transmissions", "--protocol", "ftp"],
        ];
        foreach (var arguments in wrong)
        {
            var told = await AgentCommand.AskAsync(agent, arguments);
            Assert.True(told is { ExitCode: Usage, Output: "", Errors.Length: > 0 }, $"{string.Join(' ', arguments)}: {told.ExitCode} {told.Errors}{told.Output}");
        }
        var missing = await AgentCommand.AskAsync(agent, ["send", "udpcast", "A.img", .. Udpcast(port, "70M", clients: 1), "--wait"]);
        Assert.Equal((No, ""), (missing.ExitCode, missing.Output));
        Assert.Contains("udp-sender", missing.Errors);
        Assert.Equal(No, (await AgentCommand.AskAsync(agent, "send", "p2p", "nowhere.img")).ExitCode);
        Assert.Equal(No, (await AgentCommand.AskAsync(agent, "transmissions", "watch", "nonsense")).ExitCode);
    }

    private TestRepository Repository(string more = "") => new(output, _room.Settings with { More = $"{_room.Settings.More}\n{more}" });

    private static async Task<AgentProcess> StartAsync(TestRepository repository, int length)
    {
        repository.Write("A.img", Contents.Random(length));
        var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));
        return agent;
    }

    private static string[] Udpcast(int port, string rate, int clients) =>
        ["--port", $"{port}", "--method", "full", "--ip", "239.194.17.2", "--bitrate", rate, "--nclients", $"{clients}", "--maxtime", "60"];

    private static async Task<string> OnlyIdAsync(AgentProcess agent)
    {
        var told = await AgentCommand.AskAsync(agent, "transmissions", "--json");
        return Assert.Single(JsonDocument.Parse(told.Bytes).RootElement.GetProperty("transmissions").EnumerateArray()).GetProperty("id").GetString()!;
    }

    private static async Task<string> StateAsync(AgentProcess agent, string id) =>
        JsonDocument.Parse((await AgentCommand.AskAsync(agent, "transmissions", "show", id, "--json")).Bytes).RootElement.GetProperty("state").GetString()!;
}
