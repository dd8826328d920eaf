using Agent.Diagnosis.Asking;

namespace Agent.Diagnosis.Checks;

/// <summary>Whether an agent runs, is this one, and is well.</summary>
internal sealed class RunningAgent : ICheck
{
    public string Name => "agent";

    public async Task RunAsync(Surroundings surroundings, Findings findings, CancellationToken cancellation)
    {
        var answers = await surroundings.Agent;
        switch (answers.Presence)
        {
            case AgentPresence.Unknown:
                findings.Ok("server.listen has port 0, so it is not known where a running agent would be");
                break;
            case AgentPresence.Absent:
                findings.Warn($"no agent runs at {answers.Address}", surroundings.Unit is null ? $"ogrepo-agent serve{surroundings.ConfigOption}" : "systemctl enable --now ogrepo-agent; if it does not stay: journalctl -u ogrepo-agent -e");
                break;
            case AgentPresence.Stranger:
                findings.Fail($"what listens at {answers.Address} is no agent: it {answers.Trouble}", "See which program it is: ss -lpnt; stop it, or change server.listen");
                break;
            case AgentPresence.Present:
                CheckAnswers(surroundings, answers, findings);
                break;
        }
    }

    private static void CheckAnswers(Surroundings surroundings, AgentAnswers answers, Findings findings)
    {
        if (answers.Trouble is { } trouble)
            findings.Warn($"the agent at {answers.Address} {trouble}", "Run this as root, and have the agent read its key again: systemctl reload ogrepo-agent");
        if (answers.Status is not { } status)
            return;
        if (status.Version == surroundings.Version)
            findings.Ok($"the agent at {answers.Address} answers; its version is {status.Version}, as that of this program");
        else
            findings.Warn($"the running agent has version {status.Version}, this program {surroundings.Version}", "systemctl restart ogrepo-agent");
        foreach (var problem in status.Problems ?? [])
            findings.Warn($"the agent says: {problem}", "journalctl -u ogrepo-agent -p warning -e");
        if (status.Checks is { Damaged: > 0 and var damaged })
            findings.Warn($"{damaged} images were found damaged", "ogrepo-agent images shows which; ogrepo-agent repair IMAGE");
    }
}
