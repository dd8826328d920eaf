using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Cli;

/// <summary>
/// Whatever the API can do, a command does: for each operation of <c>openapi.json</c> there is a command line here, which is run, and has to
/// send that very request. A new route without a command fails this test.
/// </summary>
public sealed class CoverageTests
{
    /// <summary>Operation: the command that does it. In the path, each <c>{part}</c> stands for one part or, where <c>**</c>, for several.</summary>
    private static readonly Dictionary<string, string> Commands = new()
    {
        ["GET /cvmfs/info/v1/repositories.json"] = "repositories",
        ["GET /cvmfs/{repository}/.cvmfspublished"] = "repositories",
        ["GET /healthz"] = "health",
        ["GET /metrics"] = "metrics",
        ["POST /ogrepository/v1/backups/images"] = "backups restore A.img",
        ["DELETE /ogrepository/v1/backups/images/{image}"] = "backups delete A.img --yes",
        ["GET /ogrepository/v1/events"] = "watch --json",
        ["GET /ogrepository/v1/global"] = "globals",
        ["GET /ogrepository/v1/images"] = "images --all",
        ["PUT /ogrepository/v1/images"] = "images refresh",
        ["POST /ogrepository/v1/images/check-image"] = "check A.img",
        ["POST /ogrepository/v1/images/create-torrent"] = "torrent A.img",
        ["POST /ogrepository/v1/images/export-image"] = "export A.img campus2",
        ["POST /ogrepository/v1/images/import-image"] = "import campus2 A.img",
        ["POST /ogrepository/v1/images/p2p"] = "send p2p A.img",
        ["POST /ogrepository/v1/images/repair"] = "repair A.img",
        ["PUT /ogrepository/v1/images/set-global"] = "images global A.img",
        ["PUT /ogrepository/v1/images/set-local"] = "images local A.img",
        ["POST /ogrepository/v1/images/udpcast"] = "send udpcast A.img",
        ["POST /ogrepository/v1/images/uftp"] = "send uftp A.img",
        ["DELETE /ogrepository/v1/images/{name}"] = "images delete A.img",
        ["GET /ogrepository/v1/images/{name}"] = "images show A.img",
        ["PUT /ogrepository/v1/images/{name}"] = "images refresh A.img",
        ["DELETE /ogrepository/v1/images/{ou}/{name}"] = "images delete aula1/A.img",
        ["GET /ogrepository/v1/images/{ou}/{name}"] = "images show aula1/A.img",
        ["PUT /ogrepository/v1/images/{ou}/{name}"] = "images refresh aula1/A.img",
        ["GET /ogrepository/v1/jobs"] = "jobs",
        ["DELETE /ogrepository/v1/jobs/{id}"] = "jobs cancel 1",
        ["GET /ogrepository/v1/jobs/{id}"] = "jobs show 1",
        ["GET /ogrepository/v1/jobs/{id}/log"] = "jobs log 1",
        ["DELETE /ogrepository/v1/p2p"] = "transmissions cancel --protocol p2p",
        ["GET /ogrepository/v1/p2p"] = "transmissions --protocol p2p",
        ["DELETE /ogrepository/v1/p2p/images/{image}"] = "transmissions cancel --protocol p2p --image A.img",
        ["GET /ogrepository/v1/remotes"] = "remotes",
        ["GET /ogrepository/v1/scrape"] = "scrape --by-agent --stratum0 cvmfs.example.org",
        ["GET /ogrepository/v1/status"] = "status",
        ["GET /ogrepository/v1/swarms"] = "swarms",
        ["GET /ogrepository/v1/transmissions"] = "transmissions",
        ["DELETE /ogrepository/v1/transmissions/{id}"] = "transmissions cancel 1",
        ["GET /ogrepository/v1/transmissions/{id}"] = "transmissions show 1",
        ["DELETE /ogrepository/v1/trash"] = "trash empty --yes",
        ["GET /ogrepository/v1/trash/images"] = "trash",
        ["POST /ogrepository/v1/trash/images"] = "trash restore A.img",
        ["DELETE /ogrepository/v1/trash/images/{id}"] = "trash delete 1 --yes",
        ["GET /ogrepository/v1/udpcast"] = "transmissions --protocol udpcast",
        ["DELETE /ogrepository/v1/udpcast/images/{image}"] = "transmissions cancel --protocol udpcast --image A.img",
        ["GET /ogrepository/v1/uftp"] = "transmissions --protocol uftp",
        ["DELETE /ogrepository/v1/uftp/images/{image}"] = "transmissions cancel --protocol uftp --image A.img",
        ["POST /ogrepository/v1/wol"] = "wol 00:11:22:AA:BB:CC",
        ["GET /torrents/{path}"] = "fetch http://AGENT/torrents/A.img.torrent",
    };

    /// <summary>Operations that need no command, and why.</summary>
    private static readonly (string Operations, string Reason)[] Exceptions =
    [
        ("^HEAD ", "is the GET of the same path without a body"),
        ("^GET /$", "is the status page, for browsers"),
        ("^GET /openapi.json$", "describes the routes to programs; people have the manual page"),
        ("^GET /images/", "gives bytes to clients and web seeds; \"fetch\" gets an image by its torrent, verified"),
        ("^GET /cvmfs/", "are files for CernVM-FS' own programs; \"repositories\" and \"scrape\" read what they tell"),
        ("^GET /ogrepository/v1/images/check-image$", "is POST of the same path with the image in the query"),
        ("^GET /ogrepository/v1/status/images/", "is check-image under another name"),
        ("^POST /ogrepository/v1/images/torrentsum$", "is create-torrent under another name"),
        ("^POST /ogrepository/v1/repo/images$", "is import-image under another name"),
        ("^GET /ogrepository/v1/jobs/.*/events$", "is a stream of what \"jobs watch\" shows by short requests, which outlive a restart"),
        ("^(GET|POST) /opengnsys/rest/", "are the routes of OpenGnsys 1.2, for its server"),
    ];

    [Fact]
    public async Task Every_operation_of_the_API_has_a_command_that_asks_for_it()
    {
        var operations = OperationsOf(await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "agent", "Api", "OpenApi", "openapi.json")));
        Assert.Empty(Commands.Keys.Except(operations).Select(operation => $"{operation} is no operation any more"));
        var uncovered = operations.Where(operation => !Commands.ContainsKey(operation) && !Array.Exists(Exceptions, exception => Regex.IsMatch(operation, exception.Operations)));
        Assert.Empty(uncovered.Select(operation => $"{operation} has no command: write one, or say above why it needs none"));

        using var listener = new RecordingAgent();
        foreach (var (operation, command) in Commands)
        {
            listener.Forget();
            var told = await ExternalProgram.TryAsync(
                SourceTree.Agent, command.Replace("AGENT", listener.Address).Split(' '), TimeSpan.FromSeconds(60), ("OGREPO_URL", $"http://{listener.Address}"), ("OGREPO_API_KEY", "0123456789abcdef"));
            Assert.True(
                listener.Requests.Any(request => Fits(operation, request)),
                $"\"{command}\" does not ask for {operation} but for {string.Join(", ", listener.Requests)}; {told.ExitCode} {told.Errors}{told.Output}");
        }
    }

    [Fact]
    public void No_exception_is_left_over()
    {
        var operations = OperationsOf(File.ReadAllText(Path.Combine(SourceTree.Root, "agent", "Api", "OpenApi", "openapi.json")));

        Assert.All(Exceptions, exception => Assert.Contains(operations, operation => !Commands.ContainsKey(operation) && Regex.IsMatch(operation, exception.Operations)));
    }

    private static List<string> OperationsOf(string document) =>
        [.. from path in JsonDocument.Parse(document).RootElement.GetProperty("paths").EnumerateObject()
            from method in path.Value.EnumerateObject()
            where method.Name is "get" or "head" or "put" or "post" or "delete" or "patch" or "options"
            select $"{method.Name.ToUpperInvariant()} {path.Name}"];

    private static bool Fits(string operation, string request) => Regex.IsMatch(request, $"^{Regex.Replace(Regex.Escape(operation), @"\\{[^}]*}", "[^/]+")}$");

    /// <summary>Notes what it is asked for, and answers so much that commands come to their point: one job that runs, and one repository.</summary>
    private sealed class RecordingAgent : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly ConcurrentQueue<string> _requests = [];

        public RecordingAgent()
        {
            _listener.Start();
            Address = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
            _ = ServeAsync();
        }

        public string Address { get; }

        /// <summary>Methods and paths.</summary>
        public IReadOnlyCollection<string> Requests => _requests;

        public void Forget() => _requests.Clear();

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                    _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test has ended.
            }
        }

        private async Task AnswerAsync(TcpClient client)
        {
            using (client)
            {
                try
                {
                    using var reader = new StreamReader(client.GetStream());
                    var words = (await reader.ReadLineAsync() ?? "").Split(' ');
                    while (await reader.ReadLineAsync() is { Length: > 0 })
                    {
                    }
                    var request = $"{words[0]} {(words.Length > 1 ? words[1].Split('?')[0] : "")}";
                    _requests.Enqueue(request);
                    var (status, body) = AnswerTo(request);
                    await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(
                        $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));
                }
                catch (IOException)
                {
                    // The command has seen enough.
                }
            }
        }

        private static (string Status, string Body) AnswerTo(string request) => request switch
        {
            "GET /ogrepository/v1/jobs/1" => ("200 OK", """{"success":true,"id":"1","kind":"check","state":"RUNNING","parameters":{"image":"A.img"},"created":"2026-03-01T08:00:00+00:00"}"""),
            "GET /ogrepository/v1/trash/images" => ("200 OK", """{"success":true,"images":[]}"""),
            "GET /cvmfs/info/v1/repositories.json" => ("200 OK", """{"repositories":[{"name":"images.example.org"}],"replicas":[]}"""),
            _ => ("400 Bad Request", """{"success":false,"error":"Noted.","code":"noted"}"""),
        };
    }
}
