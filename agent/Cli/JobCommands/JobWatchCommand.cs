using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;

namespace Agent.Cli.JobCommands;

/// <summary><c>ogrepo-agent jobs watch</c>: follows a job to its end.</summary>
internal static class JobWatchCommand
{
    public static Command Create(AgentClient client)
    {
        var id = JobText.CreateArgument();
        var command = new ExplainedCommand(
            "watch", "Shows the progress of a job until its end; succeeds if it has finished. Ctrl-C leaves it running.", "jobs watch 1d5h7k9m2")
        {
            id,
        };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var ended = await JobFollowing.UntilEndAsync(session, parsed.GetRequiredValue(id), cancellation);
            session.Print(ended, ApiJson.Readable.JobResponse, JobText.Print);
            return ended.Read(ApiJson.Readable.JobResponse).State == "FINISHED" ? ExitCode.Done : ExitCode.No;
        });
        return command;
    }
}
