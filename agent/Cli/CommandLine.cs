using System.CommandLine;
using Agent.Cli.Asking;
using Agent.Cli.BackupCommands;
using Agent.Cli.ConfigCommands;
using Agent.Cli.Documents;
using Agent.Cli.ImageCommands;
using Agent.Cli.JobCommands;
using Agent.Cli.Live;
using Agent.Cli.Logs;
using Agent.Cli.ReplicationCommands;
using Agent.Cli.SendCommands;
using Agent.Cli.Showing;
using Agent.Cli.StatusCommands;
using Agent.Cli.TrashCommands;

namespace Agent.Cli;

/// <summary>The commands of <c>ogrepo-agent</c>.</summary>
public static class CommandLine
{
    private const string Description =
        """
        Keeps the OS images of a repository server catalogued, checksummed, torrented, tracked and seeded.

        serve runs the agent; fetch, scrape, adopt, config, doctor and logs work by themselves. Every other command talks to a running agent through
        its API, at --url with the key of --key-file, or as OGREPO_URL and OGREPO_API_KEY say. A name that begins with "-" goes after "--".

        Exit codes: 0 done; 1 the answer is no; 2 wrong usage or configuration; 3 the agent cannot be reached.
        A command that Ctrl-C ends has 130.
        """;

    /// <summary>Longer than senders need to take leave of their receivers; by default it would be cut off after two seconds, with a failing exit code.</summary>
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(60);

    /// <summary>Picks the command and runs it.</summary>
    /// <returns>An exit code of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        // An image may be called "@name": nothing is read from files in place of arguments.
        var parsed = CreateRoot().Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count == 0)
            return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeToStop });
        foreach (var error in parsed.Errors)
            Output.Tell(error.Message);
        Output.Tell($"Try: {parsed.CommandResult.Command.FullName()} --help");
        return ExitCode.Usage;
    }

    private static RootCommand CreateRoot()
    {
        var root = new RootCommand(Description) { ServeCommand.Create() };
        HelpWithExamples.AddTo(root);
        var client = new AgentClient();
        foreach (var command in Asking(client))
        {
            client.AddTo(command);
            root.Subcommands.Add(command);
        }
        root.Subcommands.Add(FetchCommand.Create());
        root.Subcommands.Add(ScrapeCommand.Create(client));
        root.Subcommands.Add(AdoptCommand.Create());
        root.Subcommands.Add(ConfigCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(LogsCommand.Create());
        root.Subcommands.Add(VersionCommand.Create());
        root.Subcommands.Add(GenerateCommand.Create(root));
        return root;
    }

    private static Command[] Asking(AgentClient client) =>
    [
        ImagesCommand.Create(client),
        BackupsCommand.Create(client),
        TrashCommand.Create(client),
        CheckCommand.Create(client),
        RepairCommand.Create(client),
        TorrentCommand.Create(client),
        SendCommand.Create(client),
        TransmissionsCommand.Create(client),
        SwarmsCommand.Create(client),
        ImportCommand.Create(client),
        ExportCommand.Create(client),
        RemotesCommand.Create(client),
        GlobalsCommand.Create(client),
        JobsCommand.Create(client),
        WakeCommand.Create(client),
        StatusCommand.Create(client),
        WatchCommand.Create(client),
        HealthCommand.Create(client),
        MetricsCommand.Create(client),
        RepositoriesCommand.Create(client),
    ];

    private static string FullName(this Command command) =>
        string.Join(' ', Lineage(command).Reverse().Select(ancestor => ancestor.Name));

    private static IEnumerable<Command> Lineage(Command? command)
    {
        for (; command is not null; command = command.Parents.OfType<Command>().FirstOrDefault())
            yield return command;
    }
}
