namespace Agent.Diagnosis;

/// <summary>How bad a finding is; what is worse comes later.</summary>
public enum Severity
{
    /// <summary>In order.</summary>
    Ok,

    /// <summary>The agent works, but less well than it could, or not for long, or it could not be told.</summary>
    Warning,

    /// <summary>Something does not work.</summary>
    Error,
}
