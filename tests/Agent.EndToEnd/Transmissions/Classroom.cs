using System.Net;
using System.Net.Sockets;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Transmissions;

/// <summary>
/// The network of a test: a server, and the clients that receive from it. Three of them, each in a network namespace of its own; on a
/// machine that allows none, one on the loopback interface, since two receivers cannot share an address.
/// </summary>
internal abstract class Classroom : IDisposable
{
    /// <summary>The multicast group of OpenGnsys' examples.</summary>
    public const string Group = "239.194.17.2";

    private static readonly Lazy<Task<string?>> Obstacle = new(FindObstacleAsync);

    /// <summary>Where the agent runs.</summary>
    public abstract AgentPlace Place { get; }

    /// <summary>The server's address.</summary>
    public abstract string Address { get; }

    public abstract IReadOnlyList<Seat> Seats { get; }

    /// <summary>Further lines of <c>[transmissions]</c>.</summary>
    protected abstract string Ports { get; }

    /// <summary>To whom UFTP sends.</summary>
    public abstract string UftpAddress { get; }

    public AgentSettings Settings => new()
    {
        Listen = $"{Address}:0",
        Advertise = Address,
        Tracker = $"{Address}:0",
        Seeder = $"{Address}:0",
        // A dead client holds up the others for ten seconds less than this.
        More = $"[transmissions]\nretries_until_drop = 20\n{Ports}",
    };

    /// <summary>The best that this machine allows.</summary>
    public static async Task<Classroom> OpenAsync() =>
        await Obstacle.Value is { } obstacle ? new LoopbackClassroom(obstacle) : await NamespaceClassroom.OpenAsync();

    /// <summary>Why there are no network namespaces here; null where there are.</summary>
    public static Task<string?> WhyOnLoopbackAsync() => Obstacle.Value;

    /// <summary>A base port that no test has had before.</summary>
    public abstract int NextPort();

    /// <summary>A socket on the server.</summary>
    public abstract Socket OpenUdp();

    public abstract void Dispose();

    private static async Task<string?> FindObstacleAsync()
    {
        try
        {
            using var room = await NamespaceClassroom.OpenAsync();
            using var socket = room.OpenUdp();
            socket.Bind(new IPEndPoint(IPAddress.Parse(room.Address), 0));
            return null;
        }
        catch (Exception e)
        {
            return e.Message;
        }
    }
}

/// <summary>A test of what can only be seen with several clients; where the machine allows no network namespaces it is skipped and says so.</summary>
internal sealed class FactInNamespacesAttribute : FactAttribute
{
    public FactInNamespacesAttribute(params string[] programs) =>
        Skip = Missing.Of(programs) ?? (Classroom.WhyOnLoopbackAsync().GetAwaiter().GetResult() is { } obstacle ? $"no network namespaces: {obstacle}" : null);
}
