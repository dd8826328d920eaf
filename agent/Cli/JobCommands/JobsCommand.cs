using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.JobCommands;

/// <summary><c>ogrepo-agent jobs</c>: lists long work; the commands below it deal with one job.</summary>
internal static class JobsCommand
{
    public static Command Create(AgentClient client)
    {
        var state = new Option<string?>("--state") { Description = "Only those that are WAITING, RUNNING, FINISHED, FAILED or CANCELLED.", HelpName = "STATE" };
        var kind = new Option<string?>("--kind") { Description = "Only those of a kind, such as check.", HelpName = "KIND" };
        var command = new ExplainedCommand(
            "jobs", "Lists long work: what waits, what runs and what has ended; shows, follows and ends single jobs.", "jobs", "jobs --state FAILED --kind check")
        {
            state, kind,
            JobShowCommand.Create(client),
            JobLogCommand.Create(client),
            JobWatchCommand.Create(client),
            JobEndCommand.CreateCancel(client),
            JobEndCommand.CreateRemove(client),
        };
        client.HandleList(command, async (parsed, session, cancellation) =>
        {
            var answer = await session.Agent.GetAsync(ApiPath.Of("jobs" + Query(("state", parsed.GetValue(state)), ("kind", parsed.GetValue(kind)))), cancellation);
            return session.Print(answer, ApiJson.Readable.JobListResponse, Print);
        });
        return command;
    }

    private static string Query(params (string Name, string? Value)[] filters)
    {
        var given = filters.Where(filter => filter.Value is not null).Select(filter => $"{filter.Name}={Uri.EscapeDataString(filter.Value!)}").ToList();
        return given.Count == 0 ? "" : $"?{string.Join('&', given)}";
    }

    private static void Print(JobListResponse answer)
    {
        var table = new OutputTable("Id", "Kind", "Of", "State", ">Progress", "Asked for", "Error");
        foreach (var job in answer.Jobs)
            table.Add(job.Id, job.Kind, JobText.Subject(job), job.State, JobText.Percent(job), Shown.Time(job.Created), job.Error ?? "");
        table.Print("There are no such jobs.");
    }
}
