using System.CommandLine;
using Agent.Cli.Asking;

namespace Agent.Cli.BackupCommands;

/// <summary><c>ogrepo-agent backups</c>: the previous versions (<c>.ant</c>) that imports keep.</summary>
internal static class BackupsCommand
{
    public static Command Create(AgentClient client)
    {
        var command = new ExplainedCommand("backups", "Lists the images of which a previous version is kept (.ant); restores and removes such backups.", "backups")
        {
            BackupRestoreCommand.Create(client),
            BackupDeleteCommand.Create(client),
        };
        client.HandleList(command, BackupList.RunAsync);
        return command;
    }
}
