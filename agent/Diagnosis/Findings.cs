namespace Agent.Diagnosis;

/// <summary>What a check has found so far. A check that is given up may still add to it, which then nobody hears of.</summary>
/// <param name="check">Name of the check.</param>
internal sealed class Findings(string check)
{
    private readonly List<Finding> _found = [];

    /// <summary>What there is by now.</summary>
    public IReadOnlyList<Finding> Found
    {
        get
        {
            lock (_found)
                return [.. _found];
        }
    }

    /// <summary>Something is in order.</summary>
    public void Ok(string found) => Add(Severity.Ok, found, null);

    /// <summary>Something is not as it should be, but the agent works.</summary>
    public void Warn(string found, string remedy) => Add(Severity.Warning, found, remedy);

    /// <summary>Something does not work.</summary>
    public void Fail(string found, string remedy) => Add(Severity.Error, found, remedy);

    private void Add(Severity severity, string found, string? remedy)
    {
        lock (_found)
            _found.Add(new Finding(check, severity, found, remedy));
    }
}
