namespace Agent.Adoption;

/// <summary>What has to be done until the agent runs an OpenGnsys server; nothing is left of it once that is done.</summary>
/// <param name="Steps">The changes, in the order in which they are made.</param>
/// <param name="Remarks">What the administrator has to know or to do.</param>
public sealed record AdoptionPlan(IReadOnlyList<AdoptionStep> Steps, IReadOnlyList<string> Remarks)
{
    /// <summary>Finds out what has to be done.</summary>
    /// <param name="root">The server.</param>
    /// <param name="found">The installation on it.</param>
    /// <param name="configuration">The agent's configuration on that server.</param>
    /// <exception cref="Configuration.ConfigurationException">The agent's configuration is no TOML.</exception>
    /// <exception cref="IOException">Something cannot be read.</exception>
    public static AdoptionPlan Of(ServerRoot root, Installation found, string configuration)
    {
        var remarks = new List<string>();
        List<AdoptionStep> steps =
        [
            .. ConfigurationSteps.Of(root, found, configuration, remarks),
            .. PermissionSteps.Of(root, remarks),
            .. CronSteps.Of(root),
            .. StartSwitchSteps.Of(root, remarks),
        ];
        return new AdoptionPlan(steps, remarks);
    }

    /// <summary>What of OpenGnsys still does the work of the agent, each as a sentence about how it would be switched off.</summary>
    /// <exception cref="IOException">Something cannot be read.</exception>
    public static IReadOnlyList<string> RivalsIn(ServerRoot root) => [.. CronSteps.Of(root).Concat(StartSwitchSteps.Of(root, [])).Select(step => step.Description)];
}
