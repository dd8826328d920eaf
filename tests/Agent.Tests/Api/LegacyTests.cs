using System.Globalization;
using System.Text.Json;

namespace Agent.Tests.Api;

/// <summary>The REST service of OpenGnsys 1.2, field by field.</summary>
public sealed class LegacyTests
{
    private const string Root = "/opengnsys/rest/repository";

    private static readonly string[] Fields = ["name", "type", "clientname", "clonator", "compressor", "filesystem", "datasize", "size", "modified", "mode", "backedup", "locked"];

    [Fact]
    public async Task The_list_has_the_keys_of_the_service_and_live_fields()
    {
        await using var agent = await AgentAsync();

        var (status, list) = await agent.SendAsync("GET", $"{Root}/images");

        Assert.Equal(200, status);
        Assert.Equal(["directory", "images", "ous", "disk"], list.EnumerateObject().Select(field => field.Name));
        Assert.Equal(agent[""].TrimEnd('/'), list.GetProperty("directory").GetString());
        Assert.Equal(["A"], Names(list.GetProperty("images")));
        var ou = Assert.Single(list.GetProperty("ous").EnumerateArray());
        Assert.Equal(("aula1", "A"), (ou.GetProperty("subdir").GetString(), Assert.Single(Names(ou.GetProperty("images")))));
        Assert.True(list.GetProperty("disk").GetProperty("total").GetInt64() >= list.GetProperty("disk").GetProperty("free").GetInt64());
    }

    [Fact]
    public async Task One_image_has_every_field_with_its_value()
    {
        await using var agent = await AgentAsync();
        await File.WriteAllBytesAsync(agent["A.img.ant"], new byte[17]);
        File.SetUnixFileMode(agent["A.img"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await agent.SendAsync("PUT", "/ogrepository/v1/images");

        var (status, image) = await agent.SendAsync("GET", $"{Root}/image/A");

        Assert.Equal(200, status);
        Assert.All(Fields, field => Assert.True(image.TryGetProperty(field, out _), field));
        Assert.Equal(
            ("A", "img", "pc1", "partclone", "lzop", "NTFS", 4 * 1024L),
            (Text(image, "name"), Text(image, "type"), Text(image, "clientname"), Text(image, "clonator"), Text(image, "compressor"), Text(image, "filesystem"), image.GetProperty("datasize").GetInt64()));
        Assert.Equal((3, "0640", false), (image.GetProperty("size").GetInt64(), Text(image, "mode"), image.GetProperty("locked").GetBoolean()));
        Assert.Equal((true, 17), (image.GetProperty("backedup").GetBoolean(), image.GetProperty("backupsize").GetInt64()));
        Assert.Equal(File.GetLastWriteTime(agent["A.img"]).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), Text(image, "modified"));
    }

    [Fact]
    public async Task A_locked_image_is_shown_as_such()
    {
        await using var agent = await AgentAsync();
        await File.WriteAllTextAsync(agent["A.img.lock"], "");
        await agent.SendAsync("PUT", "/ogrepository/v1/images");

        Assert.True((await agent.SendAsync("GET", $"{Root}/image/A")).Body.GetProperty("locked").GetBoolean());
    }

    [Theory]
    [InlineData("image/A", 200, "A.img")]
    [InlineData("image/A.img", 200, "A.img")]
    [InlineData("image/aula1/A", 200, "aula1/A.img")]
    [InlineData("image/B", 404, "image_not_found")]
    [InlineData("image/aula2/A", 404, "image_not_found")]
    [InlineData("image/Twice", 400, "image_ambiguous")]
    public async Task Without_an_OU_the_image_for_all_is_meant(string path, int status, string expected)
    {
        await using var agent = await AgentAsync();
        await agent.AddAsync("Twice.img", [1]);
        await agent.AddAsync("Twice.dsk", [1]);

        var (actual, body) = await agent.SendAsync("GET", $"{Root}/{path}");

        Assert.Equal((status, expected), (actual, Text(body, status == 200 ? "path" : "code")));
    }

    [Theory]
    [InlineData("""{"macs":["00:11:22:33:44"], "ips":["192.0.2.1"], "mar":"1"}""", "parameter_invalid")]
    [InlineData("""{"macs":[], "ips":[]}""", "field_missing")]
    [InlineData("""{"macs":"00:11:22:33:44:55"}""", "body_invalid")]
    public async Task Power_on_takes_what_the_console_sends_and_refuses_what_is_no_address(string body, string code)
    {
        await using var agent = await RunningAgent.StartAsync();

        var answer = await agent.SendAsync("POST", $"{Root}/poweron", body);

        Assert.Equal((400, code), (answer.Status, Text(answer.Body, "code")));
    }

    [Theory]
    [InlineData(null, 400, "key_missing")]
    [InlineData("wrong", 401, "key_wrong")]
    public async Task Who_has_no_key_gets_the_status_of_the_service(string? key, int status, string code)
    {
        await using var agent = await RunningAgent.StartAsync();

        foreach (var path in (string[])["images", "image/A"])
        {
            using var client = new HttpClient { BaseAddress = agent.Url };
            if (key is not null)
                client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", key);
            using var answer = await client.GetAsync($"{Root}/{path}");
            using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            Assert.Equal((status, code), ((int)answer.StatusCode, Text(body.RootElement, "code")));
        }
    }

    private static async Task<RunningAgent> AgentAsync()
    {
        var agent = await RunningAgent.StartAsync();
        await File.WriteAllTextAsync(agent["A.img.info"], "PARTCLONE:LZOP:NTFS:4:pc1");
        await agent.AddAsync("A.img", [1, 2, 3]);
        await agent.AddAsync("aula1/A.img", [1]);
        await agent.AddAsync("Unlisted.pgz", [1]);
        return agent;
    }

    private static IEnumerable<string?> Names(JsonElement images) => images.EnumerateArray().Select(image => Text(image, "name"));

    private static string? Text(JsonElement element, string field) => element.GetProperty(field).GetString();
}
