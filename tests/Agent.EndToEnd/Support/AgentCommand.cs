namespace Agent.EndToEnd.Support;

/// <summary>Commands of the binary that come to an end by themselves.</summary>
internal static class AgentCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs a command, however it ends.</summary>
    public static Task<ProgramResult> RunAsync(params string[] arguments) => ExternalProgram.TryAsync(SourceTree.Agent, arguments, Patience);

    /// <summary>Runs a command that is to talk to an agent, which finds it by the environment.</summary>
    public static Task<ProgramResult> AskAsync(AgentProcess agent, params string[] arguments) => ExternalProgram.TryAsync(
        SourceTree.Agent, arguments, Patience, ("OGREPO_URL", agent.Api.UrlOf("")), ("OGREPO_API_KEY", agent.Api.Key));
}
