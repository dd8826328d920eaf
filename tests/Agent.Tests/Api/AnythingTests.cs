using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.EndToEnd.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Api;

/// <summary>
/// Whatever names and bodies are sent: no file outside the image directory is touched, no image is lost, every answer is as
/// <c>/openapi.json</c> says, and none is a failure of the agent.
/// </summary>
public sealed class AnythingTests
{
    private const string Root = "/ogrepository/v1";

    private static readonly string[] Images = ["A.img", "OU/B.img", "C.dsk", "with blank.img"];

    /// <summary>Beside the image directory: what a name that leads out of it would meet. The link into it stands in the image directory.</summary>
    private static readonly string[] Canaries =
        ["A.img", "secret.img", "secret.img.ant", "outside/A.img", "outside/A.img.ant", "outside/A.img.sum.ant", "outside/secret.img", "outside/tree/ogimg.info"];

    private static readonly string[] Names =
    [
        .. Images, "A", "B", "C", "OU/B", "OU", "", ".", "..", "../A.img", "../secret.img", "../outside/A.img", "OU/../../secret.img", "LINK/A.img", "LINK/A",
        "LINK/tree", "link.img", "link", "/etc/passwd", "..\\secret.img", "%2e%2e/secret.img", "%252e%252e%252fsecret.img", "A.img/", "//A.img", "A.img.sum", "A.img.ant",
        ".hidden.img", "A\nB.img", "ñandú.img", "\ud800.img", "A.img\u0000", "~", "*", "A*.img", "$(id).img", "; rm -rf /", new string('n', 300), "../../../A.img",
    ];

    private static readonly string[] Fields =
        ["image", "id", "user", "repo", "ou", "existing", "api_key", "offer", "port", "method", "ip", "bitrate", "nclients", "maxtime", "session", "clients", "mac", "macs", "broadcast_ip", "unknown", "Image", ""];

    private static readonly (string Method, string Path)[] Routes =
    [
        ("GET", "/images/{}"), ("GET", "/torrents/{}.torrent"), ("GET", $"{Root}/images/{{}}"), ("GET", $"{Root}/images?all={{}}"), ("DELETE", $"{Root}/images/{{}}"),
        ("DELETE", $"{Root}/images/{{}}?backup=true&method=trash"), ("PUT", $"{Root}/images/set-global"), ("PUT", $"{Root}/images/set-local"),
        ("POST", $"{Root}/images/import-image"), ("POST", $"{Root}/images/export-image"), ("POST", $"{Root}/images/udpcast"), ("POST", $"{Root}/images/uftp"),
        ("POST", $"{Root}/images/p2p"), ("GET", $"{Root}/images/check-image?image={{}}"), ("GET", $"{Root}/images/check-image"), ("POST", $"{Root}/images/check-image"),
        ("GET", $"{Root}/status/images/{{}}"), ("GET", $"{Root}/trash/images"), ("POST", $"{Root}/trash/images"), ("DELETE", $"{Root}/trash/images/{{}}"),
        ("POST", $"{Root}/backups/images"), ("DELETE", $"{Root}/backups/images/{{}}"), ("GET", $"{Root}/jobs?state={{}}"), ("GET", $"{Root}/jobs/{{}}"),
        ("GET", $"{Root}/jobs/{{}}/log"), ("GET", $"{Root}/jobs/{{}}/events"), ("DELETE", $"{Root}/jobs/{{}}"), ("GET", $"{Root}/transmissions/{{}}"),
        ("DELETE", $"{Root}/transmissions/{{}}"), ("DELETE", $"{Root}/udpcast/images/{{}}"), ("DELETE", $"{Root}/p2p/images/{{}}"), ("POST", $"{Root}/wol"),
        ("GET", "/opengnsys/rest/repository/image/{}"), ("PATCH", $"{Root}/images/{{}}"), ("GET", "/{}"),
    ];

    [Fact]
    public async Task No_request_touches_what_lies_outside_or_is_answered_otherwise_than_documented()
    {
        await using var agent = await RunningAgent.StartAsync();
        foreach (var canary in Canaries)
            Write(agent.Beside(canary), "canary");
        foreach (var image in Images)
            await agent.AddAsync(image, Encoding.UTF8.GetBytes(image));
        File.CreateSymbolicLink(agent["link.img"], agent.Beside("secret.img"));
        Directory.CreateSymbolicLink(agent["LINK"], agent.Beside("outside"));
        var document = OpenApiContract.Parse(await agent.TextAsync("/openapi.json"));

        Prop.ForAll(Requests().ToArbitrary(), request => Hold(document, request, AskAsync(agent, request).GetAwaiter().GetResult()))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

        Assert.All(Canaries, canary => Assert.Equal("canary", File.ReadAllText(agent.Beside(canary))));
        Assert.Equal(Canaries.Length, Files(agent.Beside("outside")).Count() + 3);
        var kept = Files(agent[""]).Concat(Files(agent.Beside("images_trash"))).Select(File.ReadAllText).ToHashSet();
        Assert.All(Images, image => Assert.Contains(image, kept));
    }

    private static Task<(int Status, string? ContentType, byte[] Body)> AskAsync(RunningAgent agent, Request request) =>
        agent.AskAsWrittenAsync(request.Method, request.Path, request.Body);

    private static void Hold(OpenApiContract document, Request request, (int Status, string? ContentType, byte[] Body) answer)
    {
        var text = Encoding.UTF8.GetString(answer.Body);
        Assert.True(answer.Status < 500, $"{request} failed with {answer.Status}: {text}");
        if (answer.Status is 404 or 405 && IsUnknownRoute(answer.Body))
            return;
        // A server takes dots out of a path before it looks for the route (RFC 3986, section 5.2.4).
        var operation = document.Find(request.Method, new Uri($"http://agent{request.Path}").AbsolutePath);
        Assert.True(operation is not null, $"{request} answered {answer.Status}, though it is not documented: {text}");
        var faults = document.FaultsOf(operation, answer.Status, answer.ContentType, answer.Body);
        Assert.True(faults.Count == 0, $"{request}: {(faults.Count == 0 ? "" : faults[0])}");
    }

    private static bool IsUnknownRoute(byte[] body)
    {
        using var answer = JsonDocument.Parse(body);
        return answer.RootElement.GetProperty("code").GetString() is "no_such_route" or "method_not_allowed";
    }

    private static Gen<Request> Requests() =>
        from route in Gen.Elements(Routes)
        from name in AnyName()
        from isOnePart in ArbMap.Default.GeneratorFor<bool>()
        from body in AnyBody()
        select new Request(route.Method, PathOf(route.Path, name, isOnePart), route.Method == "GET" && !route.Path.EndsWith("check-image", StringComparison.Ordinal) ? null : body);

    /// <summary>Dots that climb from an entry of the trash to the trash itself empty it, as they should.</summary>
    private static string PathOf(string route, string name, bool isOnePart) =>
        route.Replace("{}", Escaped(route.Contains("/trash/", StringComparison.Ordinal) ? name.Replace("..", "__", StringComparison.Ordinal) : name, isOnePart));

    /// <summary>As one part of a path, or as several where it has slashes. What no HTTP server lets into a path is left out.</summary>
    private static string Escaped(string name, bool isOnePart)
    {
        var sendable = name.Replace("\0", "", StringComparison.Ordinal);
        return isOnePart ? Uri.EscapeDataString(sendable) : string.Join('/', sendable.Split('/').Select(Uri.EscapeDataString));
    }

    private static Gen<string> AnyName() => Gen.OneOf(
        Gen.Elements(Names),
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => text.Get),
        from name in Gen.Elements(Names) from other in Gen.Elements(Names) from between in Gen.Elements("", "/", ".", "%2f", ":") select name + between + other);

    private static Gen<string?> AnyBody() => Gen.Frequency(
        (1, Gen.Elements<string?>(null, "", "{", "[]", "null", "\"image\"", "{\"image\":}", "{\"image\":\"\\ud800\"}", new string('[', 5000), new string(' ', 70_000))),
        (6, Gen.ListOf(from field in Gen.Elements(Fields) from value in AnyValue() select (field, IsAddress(field, value) ? "\"127.0.0.1:1\"" : value)).Select(Object)),
        (4, AnyName().Select(name => Object([("image", JsonSerializer.Serialize(name))]))));

    /// <summary>Nothing but this machine is asked for images, and nobody answers there.</summary>
    private static bool IsAddress(string field, string value) => field == "repo" && value.StartsWith('"') && value.Length > 2;

    private static Gen<string> AnyValue() => Gen.OneOf(
        AnyName().Select(name => JsonSerializer.Serialize(name)),
        Gen.Elements("1", "-1.5e300", "null", "true", "[]", "[\"A.img\"]", "{}", "\"9000\"", "\"full\"", "\"70M\""));

    private static string? Object(IEnumerable<(string Name, string Value)> fields) =>
        $"{{{string.Join(',', fields.Take(6).Select(field => $"{JsonValue.Create(field.Name)!.ToJsonString()}:{field.Value}"))}}}";

    private static IEnumerable<string> Files(string directory) =>
        Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }) : [];

    private static void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private sealed record Request(string Method, string Path, string? Body);
}
