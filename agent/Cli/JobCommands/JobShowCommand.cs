using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;

namespace Agent.Cli.JobCommands;

/// <summary><c>ogrepo-agent jobs show</c>.</summary>
internal static class JobShowCommand
{
    public static Command Create(AgentClient client)
    {
        var id = JobText.CreateArgument();
        var command = new ExplainedCommand("show", "Shows one job, with its result.", "jobs show 1d5h7k9m2") { id };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var answer = await session.Agent.GetAsync(ApiPath.Of("jobs", parsed.GetRequiredValue(id)), cancellation);
            return session.Print(answer, ApiJson.Readable.JobResponse, JobText.Print);
        });
        return command;
    }
}
