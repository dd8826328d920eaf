using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Api;

/// <summary>What <c>/openapi.json</c> says is what the agent does: each operation is really asked for, and its answers are held to the document.</summary>
public sealed class OpenApiTests(ITestOutputHelper output)
{
    private const string Root = "/ogrepository/v1";
    private const string Legacy = "/opengnsys/rest/repository";
    private const string A = """{"image":"A.img"}""";

    [FactWith("udp-sender", "uftp")]
    public async Task Every_operation_answers_as_it_is_documented()
    {
        await using var repository = Repository();
        await using var agent = await repository.StartAsync();
        foreach (var image in (string[])["A.img", "B.img", "aula1/C.img"])
            await agent.SeeAsync($"{image} is ready", () => agent.Api.FindReadyAsync(image));
        await agent.SeeAsync("the images are published", async () => (await agent.Api.GetAsync("cvmfs/info/v1/repositories.json")).Status == 200);
        using var api = await DocumentedApi.OpenAsync(agent.Api);

        await AskForPublicThingsAsync(api);
        await AskForImagesAsync(api);
        await AskForOtherRepositoriesAsync(api, agent.Api);
        await AskForJobsAsync(api);
        await AskForTransmissionsAsync(api);
        await AskForChangesAsync(api);
        await AskForBackupsAsync(api);
        await AskAsOpenGnsysDoesAsync(api);

        Assert.Empty(api.NotAsked);
    }

    private static async Task AskForPublicThingsAsync(DocumentedApi api)
    {
        foreach (var method in (string[])["GET", "HEAD"])
        {
            foreach (var path in (string[])["/", "/healthz", "/openapi.json", "/metrics", "/images/A.img", "/torrents/A.img.torrent", "/torrents/aula1/C.img.torrent"])
                await api.AskAsync(200, method, path);
        }
        await AskForPublishedThingsAsync(api);
        Assert.Contains("\"version\":", await api.FirstEventAsync($"{Root}/events"));
        await api.AskAsync(404, "GET", "/images/Nowhere.img");
        await api.AskAsync(404, "GET", "/torrents/aula1/Nowhere.img.torrent");
    }

    private static async Task AskForPublishedThingsAsync(DocumentedApi api)
    {
        var repositories = (await api.AskAsync(200, "GET", "/cvmfs/info/v1/repositories.json")).Json.GetProperty("repositories");
        var repository = repositories.EnumerateArray().Select(one => one.GetProperty("url").GetString()!).First(url => !url.Contains("aula1"));
        var manifest = (await api.AskAsync(200, "GET", $"{repository}/.cvmfspublished")).Text;
        var catalog = manifest.Split('\n')[0][1..];
        foreach (var method in (string[])["GET", "HEAD"])
        {
            foreach (var file in (string[])["repositories.json", "meta.json", $"{repository[(repository.LastIndexOf('/') + 1)..]}.pub"])
                await api.AskAsync(200, method, $"/cvmfs/info/v1/{file}");
            foreach (var file in (string[])[".cvmfspublished", ".cvmfswhitelist", ".cvmfsreflog", ".cvmfs_status.json", ".cvmfs_master_replica"])
                await api.AskAsync(200, method, $"{repository}/{file}");
            await api.AskAsync(200, method, $"{repository}/data/{catalog[..2]}/{catalog[2..]}C");
            await api.AskAsync(200, method, $"{repository}/api/v1.0/geo/x/one.example.org,two.example.org");
        }
        foreach (var method in (string[])["GET", "HEAD"])
            await api.AskAsync(404, method, $"{repository}/.cvmfs_last_snapshot");
        await api.AskAsync(404, "GET", "/cvmfs/nowhere.example.org/.cvmfspublished");
        await api.AskAsync(404, "GET", $"{repository}/data/ab/nothing");
    }

    private static async Task AskForImagesAsync(DocumentedApi api)
    {
        await api.AskAsync(200, "GET", $"{Root}/status");
        await api.AskAsync(200, "GET", $"{Root}/scrape?stratum1=127.0.0.1:1&repo=images.example.org&format=json");
        await api.AskAsync(400, "GET", $"{Root}/scrape");
        await api.AskAsync(200, "GET", $"{Root}/swarms");
        await api.AskAsync(200, "GET", $"{Root}/images");
        await api.AskAsync(200, "GET", $"{Root}/images?all=true");
        await api.AskAsync(400, "GET", $"{Root}/images?all=perhaps");
        await api.AskAsync(401, "GET", $"{Root}/images", key: "wrong");
        await api.AskAsync(200, "PUT", $"{Root}/images");
        await api.AskAsync(200, "GET", $"{Root}/images/A");
        await api.AskAsync(400, "GET", $"{Root}/images/Nowhere");
        await api.AskAsync(200, "GET", $"{Root}/images/aula1/C");
        await api.AskAsync(200, "PUT", $"{Root}/images/A");
        await api.AskAsync(200, "PUT", $"{Root}/images/aula1/C");
        await api.AskAsync(200, "PUT", $"{Root}/images/set-global", A);
        await api.AskAsync(200, "PUT", $"{Root}/images/set-local", A);
        await api.AskAsync(400, "PUT", $"{Root}/images/set-local", """{"image":"A.img","colour":"red"}""");
        await api.AskAsync(413, "PUT", $"{Root}/images/set-local", new string(' ', 100_000));
        await api.AskAsync(200, "POST", $"{Root}/wol", """{"mac":"00:11:22:33:44:55","broadcast_ip":"127.255.255.255"}""");
    }

    private static async Task AskForOtherRepositoriesAsync(DocumentedApi api, AgentApi agent)
    {
        foreach (var path in (string[])["images/import-image", "repo/images"])
            await api.AskAsync(400, "POST", $"{Root}/{path}", """{"user":"u", "repo":"127.0.0.2:1", "image":"A"}""");
        await api.AskAsync(400, "POST", $"{Root}/images/export-image", """{"user":"u", "repo":"127.0.0.2:1", "image":"A.img"}""");
        await api.AskAsync(400, "POST", $"{Root}/images/import-image", """{"repo":"127.0.0.1:1", "image":"A"}""");
        await api.AskAsync(400, "POST", $"{Root}/images/export-image", """{"repo":"127.0.0.1:1", "image":"A.img"}""");
        await api.AskAsync(400, "POST", $"{Root}/images/export-image", """{"repo":"127.0.0.1:1", "image":"Nowhere"}""");
        await api.AskAsync(200, "GET", $"{Root}/remotes");
        await api.AskAsync(200, "GET", $"{Root}/global");
        // An agent may be asked by itself as by any other.
        string Copy(string image, string ou) => $$"""{"repo":"{{agent.Url.Authority}}", "api_key":"{{agent.Key}}", "image":"{{image}}", "ou":"{{ou}}"}""";
        await api.AskAsync(200, "POST", $"{Root}/images/import-image", Copy("A.img", "imported"));
        await api.AskAsync(200, "POST", $"{Root}/repo/images", Copy("A.img", "imported"));
        await api.AskAsync(200, "POST", $"{Root}/images/export-image", Copy("A.img", "exported"));
        await api.AskAsync(200, "DELETE", $"{Root}/images/imported/A?backup=true");
        await api.AskAsync(200, "DELETE", $"{Root}/images/exported/A");
    }

    private static async Task AskForJobsAsync(DocumentedApi api)
    {
        await api.AskAsync(200, "GET", $"{Root}/images/check-image?image=A.img");
        await api.AskAsync(200, "POST", $"{Root}/images/check-image", A);
        await api.AskAsync(200, "GET", $"{Root}/status/images/aula1/C.img");
        await api.AskAsync(200, "POST", $"{Root}/images/repair", A);
        await api.AskAsync(200, "POST", $"{Root}/images/create-torrent", A);
        await api.AskAsync(200, "POST", $"{Root}/images/torrentsum", A);
        var accepted = await api.AskAsync(202, "POST", $"{Root}/images/check-image", A, prefer: "respond-async");
        var job = accepted.Headers["location"];
        Assert.Equal("respond-async", accepted.Headers["preference-applied"]);
        Assert.EndsWith("\n\n", (await api.AskAsync(200, "GET", $"{job}/events")).Text);
        Assert.Equal("FINISHED", (await api.AskAsync(200, "GET", job)).Json.GetProperty("state").GetString());
        await api.AskAsync(200, "GET", $"{job}/log?size=1");
        await api.AskAsync(400, "GET", $"{job}/log?size=much");
        await api.AskAsync(200, "GET", $"{Root}/jobs?state=FINISHED&kind=check");
        await api.AskAsync(200, "DELETE", job);
        await api.AskAsync(400, "GET", job);
    }

    private static async Task AskForTransmissionsAsync(DocumentedApi api)
    {
        const string udpcast = """{"image":"A.img", "port":"9080", "method":"full", "ip":"239.194.17.2", "bitrate":"70M", "nclients":20, "maxtime":"120"}""";
        var first = Id(await api.AskAsync(200, "POST", $"{Root}/images/udpcast", udpcast));
        await api.AskAsync(409, "POST", $"{Root}/images/udpcast", udpcast);
        await api.AskAsync(200, "GET", $"{Root}/transmissions");
        await api.AskAsync(200, "GET", $"{Root}/transmissions/{first}");
        await api.AskAsync(200, "DELETE", $"{Root}/transmissions/{first}");
        await api.AskAsync(200, "POST", $"{Root}/images/udpcast", udpcast);
        await api.AskAsync(200, "GET", $"{Root}/udpcast");
        await api.AskAsync(200, "DELETE", $"{Root}/udpcast/images/A.img");
        await api.AskAsync(400, "DELETE", $"{Root}/udpcast/images/A.img");

        await api.AskAsync(200, "POST", $"{Root}/images/uftp", """{"image":"A.img", "port":"9082", "ip":"239.194.17.3", "bitrate":"1G"}""");
        await api.AskAsync(200, "GET", $"{Root}/uftp");
        await api.AskAsync(200, "DELETE", $"{Root}/uftp/images/A.img");

        await api.AskAsync(200, "POST", $"{Root}/images/p2p", A);
        await api.AskAsync(200, "GET", $"{Root}/p2p");
        await api.AskAsync(200, "DELETE", $"{Root}/p2p/images/A.img");
        await api.AskAsync(200, "POST", $"{Root}/images/p2p", A);
        var ended = (await api.AskAsync(200, "DELETE", $"{Root}/p2p")).Json.GetProperty("transmissions");
        Assert.Equal("cancelled", Assert.Single(ended.EnumerateArray()).GetProperty("state").GetString());
    }

    private static async Task AskForChangesAsync(DocumentedApi api)
    {
        await api.AskAsync(200, "DELETE", $"{Root}/images/B?backup=true");
        await api.AskAsync(200, "GET", $"{Root}/trash/images");
        await api.AskAsync(200, "POST", $"{Root}/trash/images", """{"image":"B.img"}""");
        var deleted = await api.AskAsync(200, "DELETE", $"{Root}/images/B");
        await api.AskAsync(400, "DELETE", $"{Root}/images/B");
        var entry = deleted.Json.GetProperty("trash_id").GetString();
        await api.AskAsync(200, "DELETE", $"{Root}/trash/images/{entry}");
        await api.AskAsync(400, "POST", $"{Root}/trash/images", $$"""{"id":"{{entry}}"}""");
        await api.AskAsync(200, "DELETE", $"{Root}/images/aula1/C");
        await api.AskAsync(200, "DELETE", $"{Root}/trash");
    }

    private static async Task AskForBackupsAsync(DocumentedApi api)
    {
        await api.AskAsync(409, "POST", $"{Root}/backups/images", A);
        await api.AskAsync(200, "POST", $"{Root}/backups/images", """{"image":"Old.img"}""");
        await api.AskAsync(200, "DELETE", $"{Root}/backups/images/A.img");
        await api.AskAsync(400, "DELETE", $"{Root}/backups/images/A.img");
    }

    private static async Task AskAsOpenGnsysDoesAsync(DocumentedApi api)
    {
        await api.AskAsync(200, "GET", $"{Legacy}/images");
        await api.AskAsync(200, "GET", $"{Legacy}/image/A");
        await api.AskAsync(404, "GET", $"{Legacy}/image/aula1/A");
        await api.AskAsync(401, "GET", $"{Legacy}/images", key: "wrong");
        await api.AskAsync(400, "POST", $"{Legacy}/poweron", """{"macs":["nonsense"], "ips":["192.0.2.1"]}""");
    }

    private static string Id(DocumentedAnswer answer) => answer.Json.GetProperty("id").GetString()!;

    private TestRepository Repository()
    {
        var repository = new TestRepository(output, new AgentSettings { More = "[cvmfs]\ngeo_order = [\"two.example.org\"]\n" });
        foreach (var name in (string[])["A.img", "B.img", "aula1/C.img", "A.img.ant", "Old.img.ant"])
            repository.Write(name, Contents.Random(100_000));
        return repository;
    }
}
