using Agent.Configuration;

namespace Agent.Replication.Legacy;

/// <summary>A legacy server, and how it is reached.</summary>
/// <param name="Destination">Where it is.</param>
/// <param name="Options">Keys that are used, and where its images are.</param>
public sealed record SshTarget(SshDestination Destination, SshOptions Options)
{
    /// <summary>How long a server may be silent while a connection is made.</summary>
    private const int ConnectSeconds = 15;

    /// <summary>How often a silent server is asked whether it is there, and how often it may not answer: 45 s of silence end a connection.</summary>
    private const int AliveSeconds = 15, AliveTries = 3;

    /// <summary>For people: <c>opengnsys@192.168.60.11</c>.</summary>
    public override string ToString() => Destination.ToString();

    /// <summary>
    /// The arguments with which <c>ssh</c> runs a command there. What the user's own configuration says about the host holds (a gateway, for one), but
    /// nothing is asked, no unknown or changed host key is taken, nothing is forwarded, and no connection outlives its program.
    /// </summary>
    public IReadOnlyList<string> Arguments(string command)
    {
        List<string> arguments = ["-T", "-x", "-a"];
        foreach (var option in Fixed())
            arguments.AddRange(["-o", option]);
        if (Options.KnownHosts is { } known)
            arguments.AddRange(["-o", $"UserKnownHostsFile=\"{Escaped(known)}\"", "-o", "GlobalKnownHostsFile=/dev/null"]);
        if (Options.KeyFile is { } key)
            arguments.AddRange(["-o", $"IdentityFile=\"{Escaped(key)}\"", "-o", "IdentitiesOnly=yes"]);
        if (Destination.Port is { } port)
            arguments.AddRange(["-p", $"{port}"]);
        if (Destination.User is { } user)
            arguments.AddRange(["-l", user]);
        return [.. arguments, "--", Destination.Host, command];
    }

    private static string[] Fixed() =>
    [
        "BatchMode=yes",
        "StrictHostKeyChecking=yes",
        "UpdateHostKeys=no",
        $"ConnectTimeout={ConnectSeconds}",
        $"ServerAliveInterval={AliveSeconds}",
        $"ServerAliveCountMax={AliveTries}",
        "ClearAllForwardings=yes",
        "PermitLocalCommand=no",
        "ControlMaster=no",
        "ControlPath=none",
        "LogLevel=INFO",
    ];

    /// <summary>ssh puts other text in place of <c>%</c> and a letter.</summary>
    private static string Escaped(string path) => path.Replace("%", "%%");
}
