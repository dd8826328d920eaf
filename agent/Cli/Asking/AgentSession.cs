using System.Text.Json.Serialization.Metadata;
using Agent.Cli.Showing;

namespace Agent.Cli.Asking;

/// <summary>One run of a command: the agent that it asks, and the form in which it answers.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="IsJson">For programs: the agent's answer as it is, and no progress.</param>
internal sealed record AgentSession(AgentConnection Agent, bool IsJson)
{
    /// <summary>Prints an answer, by <paramref name="print"/> or as it came.</summary>
    /// <returns>The exit code for success.</returns>
    public int Print<T>(AgentAnswer answer, JsonTypeInfo<T> type, Action<T> print)
    {
        var read = answer.Read(type);
        if (IsJson)
            Output.Raw(answer.Body);
        else
            print(read);
        return ExitCode.Done;
    }
}
