namespace Agent.EndToEnd.Cli;

/// <summary>The exit codes that the program promises, written down once more: a change of them is to be noticed.</summary>
internal static class CliExit
{
    public const int Done = 0, No = 1, Usage = 2, Unreachable = 3, Interrupted = 130;
}
