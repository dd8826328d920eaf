using Agent.Common;
using Agent.Diagnosis.Accounts;

namespace Agent.Diagnosis.Checks;

/// <summary>Whether every file with a key can be read by the agent's user and by nobody else.</summary>
internal sealed class KeyModes : ICheck
{
    private const int GroupAndOthers = 0b000_111_111;

    public string Name => "keys";

    public Task RunAsync(Surroundings surroundings, Findings findings, CancellationToken cancellation)
    {
        var before = findings.Found.Count;
        var there = 0;
        foreach (var (what, path, isMade) in Keys(surroundings))
        {
            if (FileStatus.Of(path) is { } status)
            {
                there++;
                Check(surroundings, what, path, status, findings);
            }
            else if (!isMade)
            {
                findings.Fail($"{what} {path} does not exist", $"Put the key there, with mode 600 and owner {surroundings.User.Name}");
            }
        }
        CheckKnownHosts(surroundings, findings);
        if (findings.Found.Count == before)
            findings.Ok(there == 0 ? "no key has been made yet; the agent makes its own at the first start" : $"{Count(there)} can be read by {surroundings.User.Name} alone");
        return Task.CompletedTask;
    }

    private static string Count(int keys) => keys == 1 ? "the one file with a key" : $"all {keys} files with keys";

    private static IEnumerable<(string What, string Path, bool IsMade)> Keys(Surroundings surroundings)
    {
        var options = surroundings.Options!;
        if (options.ApiKeyFile is { } own)
            yield return ("the API key", own, true);
        foreach (var remote in options.Remotes)
        {
            if (remote.ApiKeyFile is { } file)
                yield return ($"the key of remote {remote.Name}", file, false);
        }
        if (options.Ssh.KeyFile is { } ssh)
            yield return ("ssh.key_file", ssh, false);
        if (!options.Cvmfs.Enabled)
            yield break;
        var directory = options.Cvmfs.Keys ?? Path.Combine(options.Repository.State, "cvmfs", "keys");
        yield return ("the CernVM-FS master key", Path.Combine(directory, "master.key"), true);
        yield return ("the CernVM-FS repository key", Path.Combine(directory, "repository.key"), true);
    }

    private static void Check(Surroundings surroundings, string what, string path, FileStatus status, Findings findings)
    {
        if ((status.Permissions & GroupAndOthers) != 0)
            findings.Fail($"{what} {path} may be used by others ({surroundings.Shown(status)})", $"chmod 600 {ShellWord.Of(path)}");
        if (!AsUser.Run(surroundings.User, () => AsUser.MayRead(path)))
            findings.Fail($"{what} {path} cannot be read by {surroundings.User.Name} ({surroundings.Shown(status)})", $"chown {surroundings.User.Name} {ShellWord.Of(path)}");
    }

    /// <summary>A server whose key is not known is not talked to, and nobody is there to be asked.</summary>
    private static void CheckKnownHosts(Surroundings surroundings, Findings findings)
    {
        var options = surroundings.Options!;
        if (options.Remotes.FirstOrDefault(remote => remote.Ssh is not null) is not { } legacy)
            return;
        var known = options.Ssh.KnownHosts ?? Path.Combine(surroundings.User.Home, ".ssh", "known_hosts");
        if (!AsUser.Run(surroundings.User, () => AsUser.MayRead(known)))
            findings.Fail($"{surroundings.User.Name} cannot read {known}, so no server is known that ssh would talk to", $"ssh-keyscan HOST >> {ShellWord.Of(known)} with the host of remote {legacy.Name}, and compare the key with the server's own");
    }
}
