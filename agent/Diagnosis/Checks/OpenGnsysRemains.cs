using Agent.Adoption;

namespace Agent.Diagnosis.Checks;

/// <summary>Whether OpenGnsys' own programs still do what the agent does: two writers of one repoinfo.json, two trackers.</summary>
internal sealed class OpenGnsysRemains : ICheck
{
    public string Name => "opengnsys";

    public Task RunAsync(Surroundings surroundings, Findings findings, CancellationToken cancellation)
    {
        var rivals = AdoptionPlan.RivalsIn(surroundings.Root);
        foreach (var rival in rivals)
            findings.Warn($"OpenGnsys still does what the agent does: {rival}", "ogrepo-agent adopt shows what would be switched off; ogrepo-agent adopt --yes does it");
        if (rivals.Count == 0)
            findings.Ok("no cron job or start switch of OpenGnsys does what the agent does");
        return Task.CompletedTask;
    }
}
