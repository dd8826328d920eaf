using System.Text.Json;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Api;

/// <summary>The example requests of the API's document, run as they stand there by a shell; only the host is another.</summary>
public sealed class SeedExampleTests(ITestOutputHelper output)
{
    private const string Check = """curl -X POST -H "Authorization: $API_KEY" -H "Content-Type: application/json" -d '{"image":"Windows10.img"}' http://example.com/ogrepository/v1/images/check-image""";

    private const string Delete = """curl -X DELETE -H "Authorization: $API_KEY" http://example.com/ogrepository/v1/images/Windows10""";

    private static readonly string[] OfImages =
    [
        """curl -X GET -H "Authorization: $API_KEY" http://example.com/ogrepository/v1/images/Windows10""",
        """curl -X POST -H "Authorization: $API_KEY" -H "Content-Type: application/json" -d '{"image":"Windows10.img", "port":"9000", "method":"full", "ip":"239.194.17.2", "bitrate":"70M", "nclients":"20", "maxtime":"120"}' http://example.com/ogrepository/v1/images/udpcast""",
        """curl -X POST -H "Authorization: $API_KEY" -H "Content-Type: application/json" -d '{"image":"Windows10.img", "port":"9000", "ip":"239.194.17.2", "bitrate":"1G"}' http://example.com/ogrepository/v1/images/uftp""",
        """curl -X POST -H "Authorization: $API_KEY" -H "Content-Type: application/json" -d '{"image":"Windows10.img"}' http://example.com/ogrepository/v1/images/create-torrent""",
        """curl -X POST -H "Authorization: $API_KEY" -H "Content-Type: application/json" -d '{"image":"Windows10.img"}' http://example.com/ogrepository/v1/images/p2p""",
        Check,
        """curl -X PUT -H "Authorization: $API_KEY" -H "Content-Type: application/json" -d '{"image":"Windows10.img"}' http://example.com/ogrepository/v1/images/set-global""",
        """curl -X PUT -H "Authorization: $API_KEY" -H "Content-Type: application/json" -d '{"image":"Windows10.img"}' http://example.com/ogrepository/v1/images/set-local""",
    ];

    private static readonly string[] OfAll =
    [
        """curl -X GET -H "Authorization: $API_KEY" http://example.com/ogrepository/v1/images""",
        """curl -X PUT -H "Authorization: $API_KEY" http://example.com/ogrepository/v1/images""",
    ];

    private static readonly string[] OfOtherRepositories =
    [
        """curl -X POST -H "Authorization: $API_KEY" -H "Content-Type: application/json" -d '{"user":"user_name", "repo":"192.168.56.100", "image":"Windows10"}' http://example.com/ogrepository/v1/images/import-image""",
        """curl -X POST -H "Authorization: $API_KEY" -H "Content-Type: application/json" -d '{"repo":"192.168.56.200", "ou":"OU_Ejemplo", "image":"Windows10"}' http://example.com/ogrepository/v1/images/export-image""",
    ];

    [FactWith("curl", "udp-sender", "uftp")]
    public async Task Every_example_is_carried_out()
    {
        await using var repository = Repository();
        await using var agent = await StartAsync(repository);

        foreach (var line in (string[])[.. OfAll, .. OfImages])
        {
            var (status, answer) = await RunAsync(agent, line);
            Assert.True(status == 200 && answer.GetProperty("success").GetBoolean(), $"{line}: {status} {answer}");
            // What sends keeps its port and its image until it is cancelled.
            if (answer.TryGetProperty("protocol", out _))
                Assert.Equal(200, (await agent.Api.SendAsync(HttpMethod.Delete, $"ogrepository/v1/transmissions/{answer.GetProperty("id").GetString()}")).Status);
        }
        Assert.Equal(200, (await RunAsync(agent, Delete)).Status);
        Assert.False(File.Exists(repository["Windows10.img"]));
    }

    [FactWith("curl")]
    public async Task The_examples_of_other_repositories_are_carried_out_with_an_agent_there()
    {
        await using var there = Repository();
        // Another content: what is here already would not be imported again.
        there.Write("Windows10.img", Enumerable.Range(0, 6_000_000).Select(index => (byte)(index % 89)).ToArray());
        await using var other = await StartAsync(there);
        await using var repository = Repository();
        repository.Settings = repository.Settings with { More = $"""
            [[remote]]
            name = "other"
            url = "{other.Api.Url}"
            api_key = "{other.Api.Key}"
            """ };
        await using var agent = await StartAsync(repository);

        foreach (var line in OfOtherRepositories)
        {
            var (status, answer) = await RunAsync(agent, line.Replace("192.168.56.100", "127.0.0.1").Replace("192.168.56.200", "127.0.0.1"));
            Assert.True(status == 200 && answer.GetProperty("success").GetBoolean(), $"{line}: {status} {answer}");
        }

        Assert.True(File.Exists(repository["Windows10.img.ant"]));
        Assert.True(File.Exists(there["OU_Ejemplo/Windows10.img"]));
        // Neither an agent nor an ssh server that anybody knows.
        var (refused, code) = CodeOf(await RunAsync(agent, OfOtherRepositories[0].Replace("192.168.56.100", "127.0.0.2")));
        Assert.True(refused == 400 && code is "remote_unreachable" or "remote_key_refused", $"{refused} {code}");
    }

    [FactWith("curl")]
    public async Task Every_example_with_an_unknown_image_is_400_and_changes_nothing()
    {
        await using var repository = Repository();
        await using var agent = await StartAsync(repository);

        foreach (var line in (string[])[.. OfImages, OfOtherRepositories[1], Delete])
            Assert.Equal((400, "image_not_found"), CodeOf(await RunAsync(agent, line.Replace("Windows10", "Windows11"))));

        Assert.True(File.Exists(repository["Windows10.img"]));
    }

    [FactWith("curl")]
    public async Task Every_example_without_the_right_key_is_401()
    {
        await using var repository = Repository();
        await using var agent = await StartAsync(repository);

        foreach (var line in (string[])[.. OfAll, .. OfImages, .. OfOtherRepositories, Delete])
        {
            Assert.Equal((401, "key_wrong"), CodeOf(await RunAsync(agent, line, key: "wrong")));
            Assert.Equal((401, "key_missing"), CodeOf(await RunAsync(agent, line.Replace("""-H "Authorization: $API_KEY" """, ""))));
        }
        Assert.True(File.Exists(repository["Windows10.img"]));
    }

    [FactWith("curl", "touch")]
    public async Task A_check_is_OK_or_KO_with_the_bad_parts_by_GET_as_by_POST()
    {
        await using var repository = Repository();
        await using var agent = await StartAsync(repository);
        string[] ways = [Check, Check.Replace("POST", "GET")];

        foreach (var line in ways)
            Assert.Equal((200, "OK"), ResultOf(await RunAsync(agent, line)));
        await RotAsync(repository, "Windows10.img");
        foreach (var line in ways)
        {
            var answer = await RunAsync(agent, line);
            Assert.Equal((200, "KO"), ResultOf(answer));
            var bad = Assert.Single(answer.Body.GetProperty("bad_pieces").EnumerateArray());
            Assert.Equal((1, 4 << 20), (bad.GetProperty("index").GetInt32(), bad.GetProperty("first").GetInt32()));
        }
    }

    /// <summary>One byte of the second piece changes as on a failing disk: by a name that nobody watches, and the time of modification stays.</summary>
    private static Task RotAsync(TestRepository repository, string image) => ExternalProgram.ShellAsync(
        """ln "$FILE" "$OTHER"; touch -r "$OTHER" "$OTHER.time"; printf x | dd of="$OTHER" bs=1 seek=5000000 conv=notrunc status=none; touch -r "$OTHER.time" "$OTHER"; rm "$OTHER" """,
        ("FILE", repository[image]), ("OTHER", repository.Beside("another-name")));

    private static (int, string?) CodeOf((int Status, JsonElement Body) answer) => (answer.Status, answer.Body.GetProperty("code").GetString());

    private static (int, string?) ResultOf((int Status, JsonElement Body) answer) => (answer.Status, answer.Body.GetProperty("result").GetString());

    private static async Task<(int Status, JsonElement Body)> RunAsync(AgentProcess agent, string line, string? key = null)
    {
        var told = await ExternalProgram.ShellAsync(
            line.Replace("example.com", agent.Api.Url.Authority).Replace("curl ", """curl -sS -w '\n%{http_code}' """), ("API_KEY", key ?? agent.Api.Key));
        var end = told.Output.LastIndexOf('\n');
        using var document = JsonDocument.Parse(told.Output[..end]);
        return (int.Parse(told.Output[(end + 1)..]), document.RootElement.Clone());
    }

    private static async Task<AgentProcess> StartAsync(TestRepository repository)
    {
        var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("Windows10.img"));
        return agent;
    }

    private TestRepository Repository()
    {
        var repository = new TestRepository(output);
        // Neither an 'x' in the place that rots, nor zeros that a hole would be.
        repository.Write("Windows10.img", Enumerable.Range(0, 6_000_000).Select(index => (byte)(index % 97)).ToArray());
        return repository;
    }
}
