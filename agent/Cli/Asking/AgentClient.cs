using System.CommandLine;
using System.Net.Http.Headers;
using Agent.Cli.Showing;

namespace Agent.Cli.Asking;

/// <summary>The options by which commands find a running agent, and the one place where their failures become exit codes.</summary>
internal sealed class AgentClient
{
    private const string DefaultUrl = "http://127.0.0.1:8006";
    private const long LongestAnswer = 256 * 1024 * 1024;
    private static readonly string[] DefaultKeyFiles = ["/etc/ogrepo-agent/api.key", "/var/lib/ogrepo-agent/api.key"];
    private static readonly TimeSpan TimeToConnect = TimeSpan.FromSeconds(10);

    private readonly Option<string?> _url = new("--url")
    {
        Description = $"Where the agent is. Default: OGREPO_URL, else {DefaultUrl}.",
        HelpName = "URL",
        Recursive = true,
    };

    private readonly Option<string?> _keyFile = new("--key-file")
    {
        Description = $"File with the API key. Default: the key in OGREPO_API_KEY, else {string.Join(" or ", DefaultKeyFiles)}.",
        HelpName = "FILE",
        Recursive = true,
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print the agent's answer as JSON, for programs.", Recursive = true };

    /// <summary>Adds the options to a command and all below it.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_url);
        command.Options.Add(_keyFile);
        command.Options.Add(_json);
    }

    /// <summary>Says what a command does; <paramref name="action"/> returns the exit code.</summary>
    public void Handle(Command command, Func<ParseResult, AgentSession, CancellationToken, Task<int>> action) =>
        command.SetAction((parsed, cancellation) => RunAsync(parsed, action, cancellation));

    /// <summary>Says what a command does that lists things; it does the same with the word <c>list</c>.</summary>
    public void HandleList(Command command, Func<ParseResult, AgentSession, CancellationToken, Task<int>> action)
    {
        var list = new ExplainedCommand("list", $"The same as \"{command.Name}\" alone.", $"{command.Name} list");
        foreach (var option in command.Options)
            list.Options.Add(option);
        command.Subcommands.Insert(0, list);
        Handle(list, action);
        Handle(command, action);
    }

    /// <summary>True where the answer is for programs.</summary>
    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Runs what asks an agent, and tells of its failure.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(ParseResult parsed, Func<ParseResult, AgentSession, CancellationToken, Task<int>> action, CancellationToken cancellation)
    {
        try
        {
            using var connection = Connect(parsed);
            return await action(parsed, new AgentSession(connection, IsJson(parsed)), cancellation);
        }
        catch (CommandException e)
        {
            Output.Tell(e.Message);
            return e.ExitCode;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }

    private AgentConnection Connect(ParseResult parsed)
    {
        var url = parsed.GetValue(_url) ?? Environment.GetEnvironmentVariable("OGREPO_URL") ?? DefaultUrl;
        if (!Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new CommandException($"\"{url}\" is not a URL; write for example {DefaultUrl}", ExitCode.Usage);
        var key = Key(parsed.GetValue(_keyFile));
        // The time limit is that of each request.
        var http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeToConnect })
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LongestAnswer,
        };
        if (key is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return new AgentConnection(http);
    }

    private static string? Key(string? file)
    {
        if (file is null && Environment.GetEnvironmentVariable("OGREPO_API_KEY") is { Length: > 0 } key)
            return key;
        try
        {
            var path = file ?? Array.Find(DefaultKeyFiles, File.Exists);
            return path is null ? null : File.ReadLines(path).FirstOrDefault("").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The API key cannot be read: {e.Message}", ExitCode.Usage);
        }
    }
}
