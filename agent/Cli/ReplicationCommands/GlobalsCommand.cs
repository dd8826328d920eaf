using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;
using Agent.Common;

namespace Agent.Cli.ReplicationCommands;

/// <summary><c>ogrepo-agent globals</c>: how the global images stand to every other repository.</summary>
internal static class GlobalsCommand
{
    public static Command Create(AgentClient client)
    {
        var command = new ExplainedCommand("globals", "Lists the global images, and how each stands to every other repository of the configuration.", "globals", "globals --json");
        client.Handle(command, async (_, session, cancellation) =>
        {
            var answer = await session.Agent.GetAsync(ApiPath.Of("global"), cancellation);
            return session.Print(answer, ApiJson.Readable.GlobalListResponse, Print);
        });
        return command;
    }

    private static void Print(GlobalListResponse list)
    {
        var table = new OutputTable("Image", "Repository", "State", "Next try", "Reason");
        foreach (var copy in list.Copies)
            table.Add(copy.Image, copy.Remote, StateOf(copy), Shown.Time(copy.NextTry), copy.Reason ?? "");
        table.Print("No image is global, or the configuration names no other repository: see \"images global\" and \"remotes\".");
    }

    private static string StateOf(GlobalCopyResponse copy) => copy switch
    {
        { State: "copying", BytesDone: { } done, BytesTotal: > 0 and var total } => $"copying, {Sizes.Rounded(done)} of {Sizes.Rounded(total)} ({100 * done / total} %)",
        _ => copy.State.Replace('_', ' '),
    };
}
