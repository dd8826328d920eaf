using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.ImageCommands;
using Agent.Cli.JobCommands;
using Agent.Cli.Showing;

namespace Agent.Cli;

/// <summary><c>ogrepo-agent check</c>: reads an image again and compares it with its sums and its torrent.</summary>
internal static class CheckCommand
{
    public static Command Create(AgentClient client)
    {
        var image = ImageText.CreateArgument();
        var full = new Option<bool>("--full") { Description = "Take the MD5s again too, instead of verifying the pieces alone." };
        var command = new ExplainedCommand(
            "check", "Reads an image again and compares it with its sums and its torrent; fails if it is not what they say, and tells where.", "check Windows10.img")
        {
            image, full,
        };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var request = new CheckRequest(parsed.GetRequiredValue(image), parsed.GetValue(full));
            var job = await JobFollowing.RunAsync(session, "images/check-image", request, ApiJson.Readable.CheckRequest, cancellation);
            var answer = JobFollowing.ResultOf(job);
            session.Print(answer, ApiJson.Readable.CheckResponse, Print);
            return answer.Read(ApiJson.Readable.CheckResponse).Result == "OK" ? ExitCode.Done : ExitCode.No;
        });
        return command;
    }

    private static void Print(CheckResponse check)
    {
        if (check.Result == "OK")
        {
            Output.Line($"\"{check.Image}\" is what its sums and its torrent say.");
            return;
        }
        Output.Line(check.State switch
        {
            "changed" => $"\"{check.Image}\" was changed since it was indexed:",
            "good" => $"\"{check.Image}\" is good, but what stands beside it is not:",
            _ => $"\"{check.Image}\" is damaged{(check.LastGood is { } good ? $"; it was last found good at {Shown.Time(good)}" : "")}:",
        });
        foreach (var problem in check.Problems)
            Output.Line($"- {problem}");
        if (check.BadPieces.Count > 0)
            PrintPieces(check.BadPieces);
    }

    private static void PrintPieces(IReadOnlyList<BadPieceResponse> pieces)
    {
        var table = new OutputTable(">Bad piece", ">First byte", ">Last byte");
        foreach (var piece in pieces)
            table.Add($"{piece.Index}", $"{piece.First}", $"{piece.Last}");
        table.Print("");
    }
}
