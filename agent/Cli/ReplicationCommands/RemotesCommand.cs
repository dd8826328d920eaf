using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.ReplicationCommands;

/// <summary><c>ogrepo-agent remotes</c>: the other repositories that the agent knows.</summary>
internal static class RemotesCommand
{
    public static Command Create(AgentClient client)
    {
        var command = new ExplainedCommand("remotes", "Lists the other repositories of the configuration, and whether they answer.", "remotes");
        client.Handle(command, async (_, session, cancellation) =>
        {
            var answer = await session.Agent.GetAsync(ApiPath.Of("remotes"), cancellation);
            return session.Print(answer, ApiJson.Readable.RemoteListResponse, Print);
        });
        return command;
    }

    private static void Print(RemoteListResponse list)
    {
        var table = new OutputTable("Name", "Address", "Kind", "Key", "State");
        foreach (var remote in list.Remotes)
            table.Add(remote.Name, remote.Address, remote.Kind, remote.HasKey ? "known" : "none", remote.State ?? "");
        table.Print("The configuration names no other repository: see [[remote]] in agent.toml.example.");
    }
}
