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
        var full = new Option<bool>("--full") { Description = "Take the MD5s again too, which is slower, and not only verify the pieces." };
        var command = new ExplainedCommand(
            "check", "Reads an image again and compares it with its sums and its torrent; fails if it is not what they say, and tells where.",
            "check Windows10.img", "check aula1/Exam.img --full --json")
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
        Output.Line(check.State == "good" ? $"\"{check.Image}\" is good, but its sidecars are not:" : $"\"{check.Image}\" is {check.State}:");
        foreach (var problem in check.Problems)
            Output.Line($"- {problem}");
        if (check.LastGood is { } lastGood)
            Output.Line($"It was last found good {Shown.Time(lastGood)}.");
        PieceTable.Print(check.BadPieces);
    }
}
