using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.ImageCommands;
using Agent.Cli.JobCommands;
using Agent.Cli.Showing;

namespace Agent.Cli;

/// <summary><c>ogrepo-agent repair</c>: has the bad pieces of an image fetched from whoever has them.</summary>
internal static class RepairCommand
{
    public static Command Create(AgentClient client)
    {
        var image = ImageText.CreateArgument();
        var source = new Option<string?>("--source") { Description = "Where a good copy is, on a web server that knows ranges: another agent, for example.", HelpName = "URL" };
        var command = new ExplainedCommand(
            "repair", "Fetches the bad pieces of an image, and only those, from whoever has them; fails if some are still bad.",
            "repair Windows10.img --source http://192.168.60.10:8006/images/Windows10.img")
        {
            image, source,
        };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var request = new RepairRequest(parsed.GetRequiredValue(image), parsed.GetValue(source));
            var answer = JobFollowing.ResultOf(await JobFollowing.RunAsync(session, "images/repair", request, ApiJson.Readable.RepairRequest, cancellation));
            session.Print(answer, ApiJson.Readable.RepairResponse, Print);
            return answer.Read(ApiJson.Readable.RepairResponse).Result == "OK" ? ExitCode.Done : ExitCode.No;
        });
        return command;
    }

    private static void Print(RepairResponse repair)
    {
        Output.Line($"\"{repair.Image}\": {repair.Repaired.Count} pieces were put right, {repair.BadPieces.Count} are still bad.");
        foreach (var problem in repair.Problems)
            Output.Line($"- {problem}");
        var table = new OutputTable(">Repaired piece", ">First byte", ">Last byte", "From");
        foreach (var piece in repair.Repaired)
            table.Add($"{piece.Index}", $"{piece.First}", $"{piece.Last}", piece.Source);
        if (repair.Repaired.Count > 0)
            table.PrintOn(Output.Console);
        PieceTable.Print(repair.BadPieces);
    }
}
