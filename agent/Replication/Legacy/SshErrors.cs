using Agent.Common.Processes;

namespace Agent.Replication.Legacy;

/// <summary>Turns what <c>ssh</c> (OpenSSH) and the programs it runs say into an error that tells what to do.</summary>
public static class SshErrors
{
    /// <summary>The exit code by which ssh says that it failed itself.</summary>
    private const int OwnFailure = 255;

    private const int LongestQuote = 400;

    /// <summary>What ssh says, in the order in which it matters: one failure can bring several of these lines.</summary>
    private static readonly (string Said, SshFault Fault)[] Sayings =
    [
        ("REMOTE HOST IDENTIFICATION HAS CHANGED", SshFault.HostKeyChanged),
        ("differs from the key for the IP address", SshFault.HostKeyChanged),
        ("revoked", SshFault.HostKeyChanged),
        ("host key is known for", SshFault.HostKeyUnknown),
        ("Host key verification failed", SshFault.HostKeyUnknown),
        ("UNPROTECTED PRIVATE KEY FILE", SshFault.KeyUnusable),
        ("not accessible", SshFault.KeyUnusable),
        ("Load key", SshFault.KeyUnusable),
        ("no such identity", SshFault.KeyUnusable),
        ("Permission denied (", SshFault.PermissionDenied),
        ("Too many authentication failures", SshFault.PermissionDenied),
        ("timed out", SshFault.TimedOut),
        ("not responding", SshFault.TimedOut),
        ("Connection refused", SshFault.Unreachable),
        ("No route to host", SshFault.Unreachable),
        ("Network is unreachable", SshFault.Unreachable),
        ("Host is down", SshFault.Unreachable),
        ("Could not resolve hostname", SshFault.Unreachable),
    ];

    /// <summary>Why a command did not succeed.</summary>
    /// <param name="target">Where it was to run.</param>
    /// <param name="exit">How ssh ended.</param>
    /// <param name="said">Its error lines and those of the command.</param>
    public static SshException Of(SshTarget target, ChildExit exit, IReadOnlyList<string> said) =>
        Of(target, exit.Code == OwnFailure || exit.Signal is not null ? FaultOfSsh(said) : FaultOfCommand(said), said);

    /// <summary>The error for a fault that is known already.</summary>
    public static SshException Of(SshTarget target, SshFault fault, IReadOnlyList<string> said) => new(fault, $"{Explain(target, fault)}{Quoted(said)}");

    private static SshFault FaultOfSsh(IReadOnlyList<string> said)
    {
        foreach (var (text, fault) in Sayings)
        {
            if (said.Any(line => line.Contains(text, StringComparison.OrdinalIgnoreCase)))
                return fault;
        }
        return SshFault.ConnectionLost;
    }

    private static SshFault FaultOfCommand(IReadOnlyList<string> said) =>
        said.Any(line => line.Contains("No space left on device", StringComparison.Ordinal) || line.Contains("quota exceeded", StringComparison.OrdinalIgnoreCase))
            ? SshFault.DiskFull
            : SshFault.CommandFailed;

    private static string Explain(SshTarget target, SshFault fault) => fault switch
    {
        SshFault.HostKeyUnknown =>
            $"The host key of {target} is not known here, so that nobody can tell whether it is the right server. Compare the fingerprint that " +
            $"`{KeyScan(target)} | ssh-keygen -lf -` shows with the server's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub there), then add the key: " +
            $"{KeyScan(target)} >> {KnownHosts(target)}",
        SshFault.HostKeyChanged =>
            $"{target} has another host key than the one that is known here: it was installed anew, or somebody poses as it. If its administrator " +
            $"confirms the new key, remove the old one (ssh-keygen -f {KnownHosts(target)} -R '{KnownName(target)}') and add the new one: {KeyScan(target)} >> {KnownHosts(target)}",
        SshFault.KeyUnusable =>
            $"The private key {KeyFile(target)} cannot be used to reach {target}: it must exist, belong to the user that the agent runs as, have mode 600 and no passphrase",
        SshFault.PermissionDenied =>
            $"{target} does not let the agent in. The public half of {KeyFile(target)} must stand in ~/.ssh/authorized_keys of that user there (ssh-copy-id), " +
            "and the user's name must be right",
        SshFault.Unreachable => $"{target} cannot be reached: check name, address and port, that the server is on, and that sshd runs there",
        SshFault.TimedOut => $"{target} did not answer in time: the network or the server is down, or a firewall drops what is sent there",
        SshFault.ConnectionLost => $"The connection to {target} was lost",
        SshFault.NoShell =>
            $"{target} lets its user run no commands, but transfer files only: give a user with a shell, in which sh, stat, tail, dd and md5sum can be run",
        SshFault.DiskFull => $"The disk of {target} that holds the images is full, or its user's quota is used up: make room there",
        _ => $"A command failed at {target}",
    };

    private static string KeyScan(SshTarget target) =>
        $"ssh-keyscan {(target.Destination.Port is { } port ? $"-p {port} " : "")}{target.Destination.Host}";

    /// <summary>As known_hosts writes it: brackets only where the port is not the usual one.</summary>
    private static string KnownName(SshTarget target) =>
        target.Destination.Port is { } port and not 22 ? $"[{target.Destination.Host}]:{port}" : target.Destination.Host;

    private static string KnownHosts(SshTarget target) => target.Options.KnownHosts ?? "~/.ssh/known_hosts (of the user that the agent runs as)";

    private static string KeyFile(SshTarget target) => target.Options.KeyFile ?? "~/.ssh/id_ed25519 (of the user that the agent runs as)";

    /// <summary>The last lines, which are those about the end; ssh's warning of a changed key begins with a frame of '@'.</summary>
    private static string Quoted(IReadOnlyList<string> said)
    {
        var text = string.Join("; ", said.Where(line => !line.StartsWith('@')).Select(Readable).Where(line => line.Length > 0).TakeLast(3));
        return text.Length == 0 ? "" : $" ({(text.Length > LongestQuote ? "…" + text[^LongestQuote..] : text)})";
    }

    /// <summary>What another server says is shown in logs and terminals: nothing in it may move a cursor.</summary>
    private static string Readable(string line) => new string([.. line.Where(c => !char.IsControl(c))]).Trim();
}
