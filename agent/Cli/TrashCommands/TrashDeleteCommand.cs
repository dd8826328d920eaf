using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.TrashCommands;

/// <summary><c>ogrepo-agent trash delete</c>: erases one deleted image.</summary>
internal static class TrashDeleteCommand
{
    public static Command Create(AgentClient client)
    {
        var id = new Argument<string>("ID") { Description = "Its id in the trash." };
        var yes = Confirmation.CreateOption();
        var command = new ExplainedCommand("delete", "Erases one deleted image for good.", "trash delete 20260117-101530-0a1b2c3d --yes") { id, yes };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var path = ApiPath.Of("trash/images", parsed.GetRequiredValue(id));
            await Confirmation.AskAsync($"Erase {parsed.GetRequiredValue(id)} from the trash for good?", parsed.GetValue(yes), cancellation);
            var answer = await session.Agent.SendAsync(HttpMethod.Delete, path, cancellation);
            return session.Print(answer, ApiJson.Readable.DoneResponse, done => Output.Line(done.Output));
        });
        return command;
    }
}
