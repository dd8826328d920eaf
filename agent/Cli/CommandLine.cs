using System.CommandLine;

namespace Agent.Cli;

/// <summary>The commands of <c>ogrepo-agent</c>, and what their exit codes mean.</summary>
public static class CommandLine
{
    private const string Description =
        """
        Keeps the OS images of a repository server catalogued, checksummed, torrented, tracked and seeded.

        serve runs the agent. Every other command talks to a running agent through its API, at --url with the key of --key-file,
        or as OGREPO_URL and OGREPO_API_KEY say.

        Exit codes: 0 done; 1 the answer is no; 2 wrong usage or configuration; 3 the agent cannot be reached.
        """;

    /// <summary>Longer than senders need to take leave of their receivers; by default it would be cut off after two seconds, with a failing exit code.</summary>
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(60);

    /// <summary>Picks the command and runs it.</summary>
    /// <returns>An exit code of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var root = new RootCommand(Description) { ServeCommand.Create(), ImagesCommand.Create(), StatusCommand.Create(), VersionCommand.Create() };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count == 0)
            return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeToStop });
        foreach (var error in parsed.Errors)
            await Console.Error.WriteLineAsync(error.Message);
        await Console.Error.WriteLineAsync($"Try: {parsed.CommandResult.Command.FullName()} --help");
        return ExitCode.Usage;
    }

    private static string FullName(this Command command) =>
        string.Join(' ', command.Parents.OfType<Command>().Select(parent => parent.Name).Append(command.Name));
}

/// <summary>Exit codes that scripts rely on.</summary>
public static class ExitCode
{
    /// <summary>Done, or the answer is yes.</summary>
    public const int Done = 0;

    /// <summary>The answer is no: a check that fails, an image that is not there.</summary>
    public const int No = 1;

    /// <summary>Wrong usage or configuration.</summary>
    public const int Usage = 2;

    /// <summary>The agent cannot be reached.</summary>
    public const int Unreachable = 3;
}
