namespace Agent.Configuration.Toml;

/// <summary>The document is not TOML 1.0. The message gives line, column, what was found and what was expected.</summary>
public sealed class TomlException : Exception
{
    /// <summary>A fault at a place of the document.</summary>
    public TomlException(TomlPosition position, string problem)
        : base($"line {position.Line}, column {position.Column}: {problem}")
    {
        Position = position;
        Problem = problem;
    }

    /// <summary>Where reading stopped.</summary>
    public TomlPosition Position { get; }

    /// <summary>What was found and what was expected, without the place.</summary>
    public string Problem { get; }
}
