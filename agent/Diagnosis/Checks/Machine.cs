using System.Globalization;
using System.Runtime.InteropServices;

namespace Agent.Diagnosis.Checks;

/// <summary>Whether the kernel has what the agent needs, and the processor what makes digests fast.</summary>
internal sealed class Machine : ICheck
{
    /// <summary>pidfd_open, by which programs are ended; older ones the agent has to end by their numbers.</summary>
    private static readonly Version Needed = new(5, 3);

    /// <summary>What the digests of several images at once use, the best first.</summary>
    private static readonly string[] Wide = ["avx512bw", "avx2"];

    public string Name => "machine";

    public Task RunAsync(Surroundings surroundings, Findings findings, CancellationToken cancellation)
    {
        var release = File.ReadAllText(surroundings.Root.At("/proc/sys/kernel/osrelease")).Trim();
        if (KernelOf(release) is { } kernel && kernel < Needed)
            findings.Warn($"Linux {release} is older than {Needed}", "Install a newer kernel; Debian 11 and later have one");
        else
            findings.Ok($"Linux {release}");
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
            CheckProcessor(surroundings, findings);
        return Task.CompletedTask;
    }

    private static void CheckProcessor(Surroundings surroundings, Findings findings)
    {
        var flags = File.ReadLines(surroundings.Root.At("/proc/cpuinfo")).FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal), "")
            .Split([' ', '\t', ':'], StringSplitOptions.RemoveEmptyEntries);
        var used = Wide.Append("sha_ni").Where(flags.Contains).ToList();
        if (used.Exists(Wide.Contains))
            findings.Ok($"the processor has {string.Join(", ", used)}, by which several images are hashed at once");
        else
            findings.Warn("the processor, as this server sees it, has no avx2: images are hashed one at a time for each core", "Where this is a virtual machine, have it see the processor as it is (cpu type \"host\")");
    }

    /// <summary>The first two numbers; null where there are none.</summary>
    internal static Version? KernelOf(string release) =>
        release.Split(['.', '-', '+', '~'], 3) is [var major, var minor, ..]
        && int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out var one) && int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out var two)
            ? new Version(one, two)
            : null;
}
