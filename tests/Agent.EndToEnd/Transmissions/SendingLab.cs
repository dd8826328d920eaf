using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Transmissions;

/// <summary>An agent on the server of a classroom, its clients' programs, and the API by which images are sent.</summary>
internal sealed class SendingLab : IAsyncDisposable
{
    public const string Root = "ogrepository/v1";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly List<IDisposable> _used = [];
    private HttpClient _client = new();

    private SendingLab(Classroom room, TestRepository repository)
    {
        Room = room;
        Repository = repository;
    }

    public Classroom Room { get; }

    public TestRepository Repository { get; }

    /// <summary>The agent that was started last.</summary>
    public AgentProcess Agent { get; private set; } = null!;

    /// <summary>The names of all clients by UDPcast, in order.</summary>
    public IEnumerable<string> Names => Room.Seats.Select(seat => seat.Name).Order(StringComparer.Ordinal);

    /// <summary>Opens the classroom and starts the agent.</summary>
    public static async Task<SendingLab> OpenAsync(ITestOutputHelper output, Func<AgentSettings, AgentSettings>? change = null)
    {
        var room = await Classroom.OpenAsync();
        output.WriteLine(room.ToString());
        var settings = change is null ? room.Settings : change(room.Settings);
        return await OpenAsync(room, new TestRepository(output, settings) { Place = room.Place });
    }

    /// <summary>Starts an agent as a repository has it; both are disposed of with the lab.</summary>
    public static async Task<SendingLab> OpenAsync(Classroom room, TestRepository repository)
    {
        var lab = new SendingLab(room, repository);
        try
        {
            await lab.StartAgentAsync();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts an agent, which reads the settings anew.</summary>
    public async Task StartAgentAsync()
    {
        Agent = await Repository.StartAsync();
        _client.Dispose();
        _client = new HttpClient(Repository.Place.Connection()) { BaseAddress = Agent.Api.Url, Timeout = Patience };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(Agent.Api.Key);
    }

    /// <summary>Writes an image, waits until it is listed, and returns its path.</summary>
    public async Task<string> ImageAsync(int bytes, string name = "Windows10.img")
    {
        var path = Repository.Write(name, Contents.Random(bytes));
        await Agent.SeeAsync($"{name} is listed", async () => await Agent.Api.FindAsync(name) is not null);
        return path;
    }

    /// <summary>Ends what was started when the test ends.</summary>
    public T Use<T>(T started)
        where T : IDisposable
    {
        _used.Add(started);
        return started;
    }

    /// <summary>One <c>udp-receiver</c> for each of the clients.</summary>
    public List<ReceivingProgram> UdpReceivers(int port, string into, int? count = null) =>
        [.. Room.Seats.Take(count ?? Room.Seats.Count).Select((seat, index) => Use(seat.UdpReceiver(port, Repository.Beside($"{into}{index}"))))];

    /// <summary>One <c>uftpd</c> on each of the clients.</summary>
    public async Task<List<ReceivingProgram>> UftpReceiversAsync(int port, string into)
    {
        var receivers = new List<ReceivingProgram>();
        foreach (var (index, seat) in Room.Seats.Index())
            receivers.Add(Use(await seat.UftpReceiverAsync(port, Repository.Beside($"{into}{index}"))));
        return receivers;
    }

    public async Task<Reply> SendAsync(string method, string path, string? json = null, string? prefer = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path.StartsWith('/') ? path : $"{Root}/{path}");
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (prefer is not null)
            request.Headers.Add("Prefer", prefer);
        using var response = await _client.SendAsync(request);
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        return new Reply((int)response.StatusCode, document.RootElement.Clone());
    }

    /// <summary>Sends by UDPcast, with the body of the seed's example.</summary>
    public Task<Reply> UdpcastAsync(string image, int port, string bitrate, int clients) => SendAsync(
        "POST", "images/udpcast",
        $$"""{"image":"{{image}}", "port":"{{port}}", "method":"full", "ip":"{{Classroom.Group}}", "bitrate":"{{bitrate}}", "nclients":"{{clients}}", "maxtime":"120"}""");

    /// <summary>
    /// Sends by UFTP to all clients and to no others, so that it begins when all are there. The time it may wait is its patience with a
    /// client that is slow, too.
    /// </summary>
    public Task<Reply> UftpAsync(string image, int port, string bitrate, int wait = 60) => SendAsync(
        "POST", "images/uftp",
        $$"""{"image":"{{image}}", "port":"{{port}}", "ip":"{{Room.UftpAddress}}", "bitrate":"{{bitrate}}", "maxtime":{{wait}}, "clients":"{{string.Join(',', Room.Seats.Select(seat => seat.UftpName))}}"}""");

    public async Task<ShownTransmission> ShowAsync(string id) => (await SendAsync("GET", $"transmissions/{id}")).Transmission;

    /// <summary>Waits until a transmission is as expected, which it must become before it ends.</summary>
    public async Task<ShownTransmission> SeeAsync(string id, string expected, Predicate<ShownTransmission> holds)
    {
        ShownTransmission? last = null;
        var seen = await Agent.SeeAsync(
            expected,
            async () =>
            {
                last = await ShowAsync(id);
                return holds(last) || last.HasEnded ? last : null;
            },
            Patience);
        Assert.True(holds(seen), $"not {expected}, but {seen.State} ({seen.Problem}):\n{string.Join('\n', seen.Log)}");
        return seen;
    }

    public Task<ShownTransmission> EndOfAsync(string id) => SeeAsync(id, "the transmission has ended", shown => shown.HasEnded);

    /// <summary>Asserts that files are what was sent, by the programs that clients check them with.</summary>
    public static async Task AssertSameAsync(string image, params IEnumerable<string> received)
    {
        var expected = await ReferenceDigests.OfAsync(image);
        foreach (var file in received)
            Assert.Equal(expected, await ReferenceDigests.OfAsync(file));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        foreach (var used in _used)
            used.Dispose();
        await Repository.DisposeAsync();
        Room.Dispose();
    }
}
