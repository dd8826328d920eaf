namespace Agent.Diagnosis.Checks;

/// <summary>Whether the clock is kept in step: leases, whitelists and signatures of others have times.</summary>
internal sealed class Clock : ICheck
{
    private static readonly TimeSpan Tolerable = TimeSpan.FromSeconds(10);

    public string Name => "clock";

    public Task RunAsync(Surroundings surroundings, Findings findings, CancellationToken cancellation)
    {
        var clock = surroundings.Clock();
        if (!clock.IsSynchronised)
            findings.Warn("nothing keeps the clock of this server in step", "timedatectl set-ntp true (or apt-get install chrony)");
        else if (clock.MaximumError > Tolerable)
            findings.Warn($"the clock may be wrong by {clock.MaximumError.TotalSeconds:F0} s", "timedatectl timesync-status (or chronyc tracking)");
        else
            findings.Ok("the clock is kept in step");
        return Task.CompletedTask;
    }
}
