namespace Agent.Diagnosis.Kernel;

/// <summary>A running process.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">What the kernel calls it, of 15 characters at most.</param>
/// <param name="User">Number of the user it runs as.</param>
internal sealed record ProcessEntry(int Id, string Name, uint User)
{
    private const string AgentName = "ogrepo-agent";

    /// <summary>True for an agent, and for its commands.</summary>
    public bool IsAgent => Name == AgentName;

    /// <summary>True for the first process, which holds the sockets of socket units.</summary>
    public bool IsSystemd => Id == 1 && Name == "systemd";
}
