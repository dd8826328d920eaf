using System.Threading.Channels;
using Agent.Cli.Asking;

namespace Agent.Cli.Live;

/// <summary>Shows an agent on the whole terminal, until somebody quits.</summary>
internal static class LiveView
{
    /// <summary>The clock goes on, and rates end, without any event.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>Runs until q is pressed or it is cancelled.</summary>
    /// <exception cref="CommandException">The agent has never been there.</exception>
    public static async Task RunAsync(AgentConnection agent, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        var state = new LiveState(agent.Address);
        var following = new LiveFollower(agent, TimeProvider.System).RunAsync(Take, withLists: true, ending.Token);
        using var keys = new TerminalKeys();
        using var screen = new TerminalScreen(() => wake.Writer.TryWrite(true));
        using var clock = new Timer(_ => wake.Writer.TryWrite(true), null, Beat, Beat);
        var quitting = keys.UntilQuitAsync(ending.Token);
        try
        {
            while (!following.IsCompleted && !quitting.IsCompleted)
            {
                // Nothing is drawn before the agent has answered: one that is not there is told of as by every command.
                if (state.Now is not null)
                    screen.Draw(LiveLayout.Lines(state, TerminalScreen.Size, DateTimeOffset.UtcNow));
                await Task.WhenAny(wake.Reader.ReadAsync(ending.Token).AsTask(), following, quitting);
            }
        }
        finally
        {
            await ending.CancelAsync();
            await ((Task)Task.WhenAll(following, quitting)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        if (following.IsFaulted || cancellation.IsCancellationRequested)
            await following;

        void Take(LiveState now, string? data)
        {
            state = now;
            wake.Writer.TryWrite(true);
        }
    }
}
