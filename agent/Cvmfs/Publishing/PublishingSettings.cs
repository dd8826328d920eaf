using Agent.Configuration;

namespace Agent.Cvmfs.Publishing;

/// <summary>What is published, and how.</summary>
/// <param name="Directory">Where it is kept: <c>cvmfs</c> in the state directory.</param>
/// <param name="Name">Name of the repository of the images of no unit.</param>
/// <param name="Version">Version of the agent: it does not pose as a server of CernVM-FS.</param>
/// <param name="Options">The rest.</param>
public sealed record PublishingSettings(string Directory, string Name, string Version, CvmfsOptions Options)
{
    /// <summary>The settings that options make.</summary>
    public static PublishingSettings Of(AgentOptions options, string version) => new(
        Path.Combine(options.Repository.State, "cvmfs"), options.Cvmfs.Name ?? RepositoryName.OfHost(Environment.MachineName), $"{version}+ogrepo-agent", options.Cvmfs);

    /// <summary>The directory of one repository.</summary>
    public string DirectoryOf(string name) => Path.Combine(Directory, "repositories", name);

    /// <summary>The directory of one copy of another's repository.</summary>
    public string ReplicaDirectoryOf(string name) => Path.Combine(Directory, "replicas", name);

    /// <summary>The directory of the signing keys.</summary>
    public string Keys => Options.Keys ?? Path.Combine(Directory, "keys");
}
