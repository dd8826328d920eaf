namespace Agent.Configuration;

/// <summary>
/// The configuration cannot be used. The message has one line for every error that was found, for example
/// <c>/etc/ogrepo-agent/agent.toml:7:10: repository.settle: "2 parsecs" is not a duration; write for example 200ms, 2s, 10m, 1h</c>.
/// </summary>
public sealed class ConfigurationException(IReadOnlyList<ConfigurationError> errors) : Exception(string.Join('\n', errors))
{
    /// <summary>All errors, in the order of the file.</summary>
    public IReadOnlyList<ConfigurationError> Errors { get; } = errors;
}

/// <summary>One thing that is wrong in the configuration.</summary>
/// <param name="Origin">Where it was said: file, line and column, or the command-line option, or the file alone for what is missing in it.</param>
/// <param name="Key">The key, such as <c>repository.settle</c>; empty where the fault belongs to none.</param>
/// <param name="Problem">The value, and what was expected.</param>
public sealed record ConfigurationError(string Origin, string Key, string Problem)
{
    /// <summary>The error on one line.</summary>
    public override string ToString() => Key.Length == 0 ? $"{Origin}: {Problem}" : $"{Origin}: {Key}: {Problem}";
}
