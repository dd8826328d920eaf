namespace Agent.Cli.Asking;

/// <summary>A command cannot go on; the message says why, the code is what it exits with.</summary>
internal sealed class CommandException(string message, int exitCode) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
