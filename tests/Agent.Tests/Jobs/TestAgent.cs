using Agent.Jobs;
using Agent.Tests.Support;

namespace Agent.Tests.Jobs;

/// <summary>
/// Lives of an agent over one directory. A crash is a copy of the directory as it stands at that moment, on which the next life begins: the
/// old one can write what it likes then, as if it were dead.
/// </summary>
internal sealed class TestAgent : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private int _lives;

    /// <summary>The queue of the present life.</summary>
    public TestQueue Present { get; private set; } = null!;

    /// <summary>The job directory of the present life.</summary>
    public string Jobs => _directory[$"jobs{_lives}"];

    public ManualTime Time { get; } = new();

    public static async Task<TestAgent> StartAsync(params JobKind[] more)
    {
        var agent = new TestAgent();
        await agent.BeginAsync(more);
        return agent;
    }

    public async Task CrashAsync()
    {
        var dead = (Present, Jobs);
        _lives++;
        Copy(dead.Jobs, Jobs);
        await EndAsync(dead.Present);
        await BeginAsync();
    }

    /// <summary>Stops in order and starts again, with other hands on the directory in between.</summary>
    public async Task RestartAsync(Action? between = null)
    {
        await Present.StopAsync();
        between?.Invoke();
        await BeginAsync();
    }

    public string Write(string relative, string content) => Write(relative, System.Text.Encoding.UTF8.GetBytes(content));

    public string Write(string relative, byte[] content) => _directory.Write($"jobs{_lives}/{relative}", content);

    public async ValueTask DisposeAsync()
    {
        await EndAsync(Present);
        _directory.Dispose();
    }

    private async Task BeginAsync(params JobKind[] more)
    {
        Present = new TestQueue(Jobs, Time);
        foreach (var kind in more)
            Present.Queue.Register(kind);
        await Present.Queue.StartAsync(default);
    }

    /// <summary>Ends what runs; executors that do not listen hang without harm.</summary>
    private static Task EndAsync(TestQueue queue) => queue.Queue.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(2)).Token);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.GetDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        foreach (var file in Directory.GetFiles(from))
            CopyFile(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private static void CopyFile(string from, string to)
    {
        try
        {
            File.Copy(from, to);
        }
        catch (FileNotFoundException)
        {
            // A temporary file that was renamed meanwhile.
        }
    }
}
