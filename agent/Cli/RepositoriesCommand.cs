using System.CommandLine;
using System.Globalization;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli;

/// <summary><c>ogrepo-agent repositories</c>: what the agent publishes in the form of CernVM-FS.</summary>
internal static class RepositoriesCommand
{
    public static Command Create(AgentClient client)
    {
        var command = new ExplainedCommand(
            "repositories", "Lists the repositories that the agent publishes in the form of CernVM-FS, with their revisions. \"scrape\" judges servers of them.",
            "repositories", "repositories --url http://192.168.56.10:8007");
        client.Handle(command, async (_, session, cancellation) =>
        {
            var (answer, listed) = await PublishedRepository.ListAsync(session.Agent, cancellation);
            if (session.IsJson)
                Output.Raw(answer.Body);
            else
                await PrintAsync(session.Agent, listed, cancellation);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task PrintAsync(AgentConnection agent, IReadOnlyList<PublishedRepository> listed, CancellationToken cancellation)
    {
        var table = new OutputTable("Repository", "Kind", ">Revision", "Published", "Problem");
        foreach (var one in listed)
        {
            var read = await one.ReadAsync(agent, cancellation);
            var revision = read.Revision?.ToString(CultureInfo.InvariantCulture) ?? "";
            table.Add(read.Name, read.IsCopy ? "copy" : "own", revision, Shown.Time(read.Published), read.Problem ?? "");
        }
        table.Print("Nothing is published here.");
    }
}
