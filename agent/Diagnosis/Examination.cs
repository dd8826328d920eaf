using Agent.Diagnosis.Checks;

namespace Agent.Diagnosis;

/// <summary>Runs all checks side by side. None can hold up or bring down the others: an image directory on a dead file server is one finding.</summary>
public static class Examination
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly ICheck[] OfConfigured =
    [
        new ConfigurationOrder(),
        new ServiceUnit(),
        new Permissions(),
        new KeyModes(),
        new TrashPlace(),
        new DiskRoom(),
        new ListeningPorts(),
        new MulticastNetwork(),
        new HelperPrograms(),
        new Clock(),
        new ImageTimes(),
        new InotifyLimits(),
        new OpenFiles(),
        new RunningAgent(),
        new OpenGnsysRemains(),
        new Machine(),
    ];

    /// <summary>What can be looked at without knowing where anything is.</summary>
    private static readonly ICheck[] OfUnconfigured = [new ConfigurationOrder(), new Clock(), new OpenGnsysRemains(), new Machine()];

    /// <summary>Examines the server.</summary>
    /// <returns>All findings, in the order of the checks.</returns>
    public static Task<IReadOnlyList<Finding>> RunAsync(Surroundings surroundings, CancellationToken cancellation) =>
        RunAsync(surroundings.Options is null or { Repository.Images: "" } ? OfUnconfigured : OfConfigured, surroundings, Limit, cancellation);

    /// <summary>The same with given checks, of which none may take longer than <paramref name="limit"/>.</summary>
    internal static async Task<IReadOnlyList<Finding>> RunAsync(IEnumerable<ICheck> checks, Surroundings surroundings, TimeSpan limit, CancellationToken cancellation)
    {
        var found = await Task.WhenAll(checks.Select(check => RunAsync(check, surroundings, limit, cancellation)));
        return [.. found.SelectMany(findings => findings)];
    }

    private static async Task<IReadOnlyList<Finding>> RunAsync(ICheck check, Surroundings surroundings, TimeSpan limit, CancellationToken cancellation)
    {
        var findings = new Findings(check.Name);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            // A thread of its own, for most of it are calls of the file system, which may never return.
            await Task.Factory.StartNew(
                () => check.RunAsync(surroundings, findings, ending.Token), ending.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap().WaitAsync(limit, cancellation);
        }
        catch (TimeoutException)
        {
            await ending.CancelAsync();
            findings.Warn($"it did not come to an end within {limit.TotalSeconds:0.#} s", "Look for a disk or a file server that does not answer: dmesg | tail; df");
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            findings.Warn($"it could not be told: {e.Message}", surroundings.Examiner == 0 ? "Look at what it names" : "Run it as root: sudo ogrepo-agent doctor");
        }
        return findings.Found;
    }
}
