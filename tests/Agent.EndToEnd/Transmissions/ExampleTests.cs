using System.Text.Json;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Transmissions;

/// <summary>The requests that the seed gives as examples, by the program and with the bodies that stand there.</summary>
[Collection(Multicast.Name)]
public sealed class ExampleTests(ITestOutputHelper output)
{
    private const string Udpcast =
        """{"image":"Windows10.img", "port":"9000", "method":"full", "ip":"239.194.17.2", "bitrate":"70M", "nclients":"20", "maxtime":"120"}""";

    private const string Uftp = """{"image":"Windows10.img", "port":"9000", "ip":"239.194.17.2", "bitrate":"1G"}""";

    private const string P2p = """{"image":"Windows10.img"}""";

    /// <summary>In a network of its own, since the examples name a port.</summary>
    [FactInNamespaces("udp-sender", "uftp", "curl")]
    public async Task They_start_transmissions_one_after_the_other()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        await lab.ImageAsync(1_000_000);

        foreach (var (protocol, body) in new[] { ("udpcast", Udpcast), ("uftp", Uftp), ("p2p", P2p) })
        {
            var started = await CurlAsync(lab, "POST", $"images/{protocol}", "-H", "Content-Type: application/json", "-d", body);
            var id = started.GetProperty("id").GetString();
            Assert.Equal((true, "waiting", protocol), (started.GetProperty("success").GetBoolean(), started.GetProperty("state").GetString(), started.GetProperty("protocol").GetString()));

            var shown = await CurlAsync(lab, "GET", protocol);
            Assert.Equal(id, Assert.Single(shown.GetProperty("transmissions").EnumerateArray()).GetProperty("id").GetString());
            Assert.Equal("cancelled", (await CurlAsync(lab, "DELETE", $"transmissions/{id}")).GetProperty("state").GetString());
        }
    }

    private static async Task<JsonElement> CurlAsync(SendingLab lab, string method, string path, params string[] more)
    {
        string[] command =
        [
            .. lab.Room.Place.Command, ExternalProgram.Find("curl")!, "-sS", "-X", method, "-H", $"Authorization: {lab.Agent.Api.Key}", .. more,
            lab.Agent.Api.UrlOf($"{SendingLab.Root}/{path}"),
        ];
        var answer = await ExternalProgram.RunAsync(command[0], command[1..]);
        using var document = JsonDocument.Parse(answer.Bytes);
        return document.RootElement.Clone();
    }
}
