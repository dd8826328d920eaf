namespace Agent.Configuration;

/// <summary><c>[log]</c>: what is logged.</summary>
public sealed record LogOptions
{
    /// <summary>Least gravity of an event that is logged.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;

    internal static LogOptions Bind(OptionSection section) => new()
    {
        Level = section.Text("level", new LogOptions().Level, OptionValues.TryLogLevel, "\"debug\", \"info\", \"warning\" or \"error\""),
    };
}
