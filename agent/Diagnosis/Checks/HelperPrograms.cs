using Agent.Common;
using Agent.Configuration;
using Agent.Diagnosis.Accounts;

namespace Agent.Diagnosis.Checks;

/// <summary>Whether the programs are there that the agent starts, and in which version.</summary>
internal sealed class HelperPrograms : ICheck
{
    public string Name => "programs";

    public Task RunAsync(Surroundings surroundings, Findings findings, CancellationToken cancellation)
    {
        foreach (var helper in Needed(surroundings.Options!))
            Check(surroundings, helper, findings);
        return Task.CompletedTask;
    }

    private static IEnumerable<Helper> Needed(AgentOptions options)
    {
        var defaults = new SendingOptions();
        var (udpSender, uftp) = (options.Transmissions.UdpSender, options.Transmissions.Uftp);
        yield return new Helper(udpSender, "udpcast", "sends by udpcast", udpSender != defaults.UdpSender, "transmissions.udp_sender");
        yield return new Helper(uftp, "uftp", "sends by uftp", uftp != defaults.Uftp, "transmissions.uftp");
        yield return new Helper("ssh", "openssh-client", "reaches servers without an agent", options.Remotes.Any(remote => remote.Ssh is not null), "[[remote]] ssh");
        yield return new Helper("setpriv", "util-linux", "has programs end with the agent", false, "");
    }

    private static void Check(Surroundings surroundings, Helper helper, Findings findings)
    {
        var path = surroundings.FindProgram(helper.Program);
        if (path is null && helper.IsAskedFor)
            findings.Fail($"{helper.Program}, which {helper.Purpose}, is not installed, but {helper.Key} names it", $"apt-get install {helper.Package}, or correct {helper.Key}");
        else if (path is null)
            findings.Warn($"{helper.Program}, which {helper.Purpose}, is not installed", $"apt-get install {helper.Package}");
        else if (!AsUser.Run(surroundings.User, () => AsUser.MayExecute(path)))
            findings.Fail($"{path} may not be run by {surroundings.User.Name} ({surroundings.ShownOf(path)})", $"chmod a+rx {ShellWord.Of(path)}");
        else
            findings.Ok($"{path}, which {helper.Purpose}: {Version(surroundings, helper, path)}");
    }

    /// <summary>That of the package, which the file is of unless somebody put it where packages put nothing.</summary>
    private static string Version(Surroundings surroundings, Helper helper, string path) =>
        PackageBook.VersionOf(surroundings.Root, helper.Package) is { } version && (path.StartsWith("/usr/bin/", StringComparison.Ordinal) || path.StartsWith("/usr/sbin/", StringComparison.Ordinal) || path.StartsWith("/bin/", StringComparison.Ordinal))
            ? $"{helper.Package} {version}"
            : "of no package, so its version is not known";

    /// <summary>A program.</summary>
    /// <param name="Program">Its name or path.</param>
    /// <param name="Package">The package of Debian that has it.</param>
    /// <param name="Purpose">What it does.</param>
    /// <param name="IsAskedFor">Whether the configuration asks for it.</param>
    /// <param name="Key">By which key.</param>
    private sealed record Helper(string Program, string Package, string Purpose, bool IsAskedFor, string Key);
}
