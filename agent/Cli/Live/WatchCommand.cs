using System.CommandLine;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.Live;

/// <summary><c>ogrepo-agent watch</c>: what a running agent does, live.</summary>
internal static class WatchCommand
{
    public static Command Create(AgentClient client)
    {
        var command = new ExplainedCommand(
            "watch", "Shows live what a running agent does, on the whole terminal until q or Ctrl-C; elsewhere prints a line for each change, with --json the events. Goes on when the agent was restarted.",
            "watch", "watch --json");
        client.Handle(command, async (_, session, cancellation) =>
        {
            if (session.IsJson)
                await PrintAsync(session.Agent, PrintEvent, withLists: false, cancellation);
            else if (Terminal.SizeOf(Terminal.Output) is not null && Terminal.CanMove(Environment.GetEnvironmentVariable("TERM")))
                await LiveView.RunAsync(session.Agent, cancellation);
            else
                await PrintAsync(session.Agent, Changes(), withLists: true, cancellation);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Prints until it is cancelled, or nobody reads any more.</summary>
    private static async Task PrintAsync(AgentConnection agent, Action<LiveState, string?> print, bool withLists, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            await new LiveFollower(agent, TimeProvider.System).RunAsync(Print, withLists, ending.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // As by "head" behind a pipe.
        }

        void Print(LiveState state, string? data)
        {
            print(state, data);
            if (Terminal.IsClosed(Terminal.Output))
                ending.Cancel();
        }
    }

    private static void PrintEvent(LiveState state, string? data)
    {
        if (data is not null)
            Console.WriteLine(data);
        else if (state.AwayReason is { } reason)
            Output.Tell(reason);
    }

    private static Action<LiveState, string?> Changes()
    {
        LiveState? before = null;
        return (now, _) =>
        {
            foreach (var change in LiveChanges.Between(before, now))
                Output.Line($"{Shown.Time(TimeProvider.System.GetUtcNow())} {change}");
            before = now;
        };
    }
}
