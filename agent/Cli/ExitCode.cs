namespace Agent.Cli;

/// <summary>Exit codes that scripts rely on.</summary>
public static class ExitCode
{
    /// <summary>Done, or the answer is yes.</summary>
    public const int Done = 0;

    /// <summary>The answer is no: a check that fails, an image that is not there.</summary>
    public const int No = 1;

    /// <summary>Wrong usage or configuration.</summary>
    public const int Usage = 2;

    /// <summary>The agent cannot be reached.</summary>
    public const int Unreachable = 3;

    /// <summary>Ended by Ctrl-C or SIGTERM, with the code that shells give it: 128 and the number of SIGINT.</summary>
    public const int Interrupted = 130;
}
