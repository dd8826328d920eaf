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
        var source = new Option<string?>("--from")
        {
            Description = "Where the same image is on another server. Copies on this server are asked before, the remotes of the configuration after it.",
            HelpName = "URL",
        };
        var command = new ExplainedCommand(
            "repair", "Reads an image again and fetches its bad pieces, and only those, from whoever has them; fails if some stay bad, and tells which.", "repair Windows10.img",
            "repair Windows10.img --from http://192.168.60.10:8006/images/Windows10.img")
        {
            image, source,
        };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var request = new RepairRequest(parsed.GetRequiredValue(image), parsed.GetValue(source));
            var job = await JobFollowing.RunAsync(session, "images/repair", request, ApiJson.Readable.RepairRequest, cancellation);
            var answer = JobFollowing.ResultOf(job);
            session.Print(answer, ApiJson.Readable.RepairResponse, Print);
            return answer.Read(ApiJson.Readable.RepairResponse).Result == "OK" ? ExitCode.Done : ExitCode.No;
        });
        return command;
    }

    private static void Print(RepairResponse repair)
    {
        Output.Line((repair.Repaired.Count, repair.BadPieces.Count) switch
        {
            (0, 0) => $"\"{repair.Image}\" has no bad piece.",
            (var repaired, 0) => $"\"{repair.Image}\" is right again; pieces repaired: {repaired}.",
            var (repaired, bad) => $"\"{repair.Image}\" is still damaged; pieces repaired: {repaired}, still bad: {bad}.",
        });
        var table = new OutputTable(">Piece", ">First byte", ">Last byte", "Now");
        foreach (var piece in repair.Repaired)
            table.Add($"{piece.Index}", $"{piece.First}", $"{piece.Last}", $"right, from {piece.Source}");
        foreach (var piece in repair.BadPieces)
            table.Add($"{piece.Index}", $"{piece.First}", $"{piece.Last}", "bad");
        if (repair.Repaired.Count + repair.BadPieces.Count > 0)
            table.Print("");
        foreach (var problem in repair.Problems)
            Output.Line($"- {problem}");
    }
}
