using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.JobCommands;

/// <summary>
/// <c>ogrepo-agent jobs cancel</c> and <c>remove</c>. The API has one request for both; here nobody forgets a job that he wanted to cancel.
/// </summary>
internal static class JobEndCommand
{
    public static Command CreateCancel(AgentClient client) =>
        Create(client, "cancel", "Ends a job that waits or runs.", job => JobText.HasEnded(job) ? $"Job {job.Id} has ended already: it is {job.State}." : null);

    public static Command CreateRemove(AgentClient client) =>
        Create(client, "remove", "Forgets a job that has ended.", job => JobText.HasEnded(job) ? null : $"Job {job.Id} is {job.State}: cancel it first.");

    private static ExplainedCommand Create(AgentClient client, string name, string description, Func<JobResponse, string?> whyNot)
    {
        var id = JobText.CreateArgument();
        var command = new ExplainedCommand(name, description, $"jobs {name} 1d5h7k9m2") { id };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var path = ApiPath.Of("jobs", parsed.GetRequiredValue(id));
            if (whyNot((await session.Agent.GetAsync(path, cancellation)).Read(ApiJson.Readable.JobResponse)) is { } reason)
                throw new CommandException(reason, ExitCode.No);
            var answer = await session.Agent.SendAsync(HttpMethod.Delete, path, cancellation);
            return session.Print(answer, ApiJson.Readable.DoneResponse, done => Output.Line(done.Output));
        });
        return command;
    }
}
