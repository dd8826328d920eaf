using System.Text;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Support;

/// <summary>
/// One repository server of a test: image directory, state directory and configuration, which outlive the agents that are started on
/// them. At its end every agent is ended, and the test's output gets their logs, which xUnit shows when the test has failed.
/// </summary>
public sealed class TestRepository : IAsyncDisposable
{
    /// <summary>Of a test that starts very many agents, the last logs tell what happened.</summary>
    private const int LogsShown = 4;

    private readonly TemporaryDirectory _directory;
    private readonly ITestOutputHelper? _output;
    private readonly List<AgentProcess> _agents = [];

    /// <param name="output">The output of the test.</param>
    /// <param name="settings">How the agents are configured.</param>
    /// <param name="parent">Where its directories are made; the system's place for temporary files where not said.</param>
    public TestRepository(ITestOutputHelper? output, AgentSettings? settings = null, string? parent = null)
    {
        _directory = new TemporaryDirectory(parent);
        _output = output;
        Settings = settings ?? new AgentSettings();
        Images = Directory.CreateDirectory(_directory["images"]).FullName;
        State = _directory["state"];
        ConfigurationFile = _directory["agent.toml"];
    }

    /// <summary>What the next agent is configured with.</summary>
    public AgentSettings Settings { get; set; }

    /// <summary>Where the next agent runs.</summary>
    public AgentPlace Place { get; set; } = AgentPlace.Here;

    /// <summary>The image directory.</summary>
    public string Images { get; }

    /// <summary>The state directory; the first agent makes it.</summary>
    public string State { get; }

    public string ConfigurationFile { get; }

    /// <summary>Where the agent writes the catalogue for OpenGnsys.</summary>
    public string Repoinfo => Path.Combine(State, "repoinfo.json");

    public string KeyFile => Path.Combine(State, "api.key");

    /// <summary>The absolute path of an image or sidecar.</summary>
    public string this[string relative] => Path.Combine(Images, relative);

    /// <summary>A path beside images and state, for what the test itself needs; on the same file system.</summary>
    public string Beside(string name) => _directory[name];

    /// <summary>Writes an image or sidecar at once, with the directories above it, and returns its absolute path.</summary>
    public string Write(string relative, byte[] content) => _directory.Write(Path.Combine("images", relative), content);

    /// <inheritdoc cref="Write(string, byte[])"/>
    public string Write(string relative, string content) => Write(relative, Encoding.UTF8.GetBytes(content));

    /// <summary>Copies a file to where it is an image, with the directories above it, and returns its absolute path.</summary>
    public string Copy(string source, string relative)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[relative])!);
        File.Copy(source, this[relative], overwrite: true);
        return this[relative];
    }

    /// <summary>Starts an agent and waits until it is ready.</summary>
    public async Task<AgentProcess> StartAsync()
    {
        var agent = Launch();
        await agent.WaitUntilReadyAsync();
        return agent;
    }

    /// <summary>Starts an agent and waits for nothing.</summary>
    public AgentProcess Launch()
    {
        File.WriteAllText(ConfigurationFile, Settings.ToToml(Images, State));
        var agent = new AgentProcess(Place, KeyFile, "serve", "--config", ConfigurationFile);
        _agents.Add(agent);
        return agent;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (index, agent) in _agents.Index())
        {
            await agent.DisposeAsync();
            if (index >= _agents.Count - LogsShown)
                _output?.WriteLine($"--- log of agent {index + 1}, exit code {agent.ExitCode}\n{agent.Log}");
        }
        _directory.Dispose();
    }
}
