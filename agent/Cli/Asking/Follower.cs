using System.Text.Json.Serialization.Metadata;

namespace Agent.Cli.Asking;

/// <summary>
/// Looks at something of the agent again and again until it has ended, by short requests: however long the work takes, no connection has to
/// last. An agent that has been there and is away for a while, since it is being restarted, is waited for.
/// </summary>
internal sealed class Follower(AgentConnection agent, TimeProvider time)
{
    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>How long the agent may be away.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private long _lastAnswer = time.GetTimestamp();

    /// <summary>Returns the first answer that is an end.</summary>
    /// <param name="path">What to look at.</param>
    /// <param name="type">What the answer is.</param>
    /// <param name="look">Is shown every answer; true where it is the end.</param>
    /// <param name="cancellation">Ends the looking.</param>
    /// <exception cref="CommandException">It is not there any more, or the agent is away for longer than <see cref="Patience"/>.</exception>
    public async Task<AgentAnswer> UntilAsync<T>(string path, JsonTypeInfo<T> type, Predicate<T> look, CancellationToken cancellation)
    {
        while (true)
        {
            if (await TryGetAsync(path, cancellation) is { } answer && look(answer.Read(type)))
                return answer;
            await Task.Delay(Interval, time, cancellation);
        }
    }

    private async Task<AgentAnswer?> TryGetAsync(string path, CancellationToken cancellation)
    {
        try
        {
            var answer = await agent.GetAsync(path, cancellation);
            _lastAnswer = time.GetTimestamp();
            return answer;
        }
        catch (CommandException e) when (e.ExitCode == ExitCode.Unreachable && agent.HasAnswered && time.GetElapsedTime(_lastAnswer) < Patience)
        {
            return null;
        }
    }
}
