using System.Globalization;
using Agent.Common;
using Agent.Images;

namespace Agent.Diagnosis.Checks;

/// <summary>Whether the kernel lets the agent watch all directories; what it does not watch is seen at the next rescan only.</summary>
internal sealed class InotifyLimits : ICheck
{
    private const string Limits = "/proc/sys/fs/inotify";

    /// <summary>Other programs of the same user share the limit.</summary>
    private const int Spare = 64;

    public string Name => "inotify";

    public Task RunAsync(Surroundings surroundings, Findings findings, CancellationToken cancellation)
    {
        CheckWatches(surroundings, findings);
        CheckInstances(surroundings, findings);
        return Task.CompletedTask;
    }

    private static void CheckWatches(Surroundings surroundings, Findings findings)
    {
        var (needed, limit) = (Directories(surroundings), Limit(surroundings, "max_user_watches"));
        var found = $"{needed} directories to be watched, fs.inotify.max_user_watches is {limit}";
        if (needed > limit)
            findings.Fail(found, Raise("max_user_watches", 2 * needed));
        else if (needed + Spare > limit)
            findings.Warn(found, Raise("max_user_watches", 2 * needed));
        else
            findings.Ok(found);
    }

    private static void CheckInstances(Surroundings surroundings, Findings findings)
    {
        var (used, limit) = (surroundings.Processes.InotifyInstancesOf(surroundings.User.User), Limit(surroundings, "max_user_instances"));
        var found = $"{used} instances of {surroundings.User.Name}, fs.inotify.max_user_instances is {limit}";
        var isAtWork = surroundings.AgentProcess is not null;
        if (used >= limit && !isAtWork)
            findings.Fail(found, Raise("max_user_instances", 2 * limit));
        else if (used >= limit)
            findings.Warn(found, Raise("max_user_instances", 2 * limit));
        else
            findings.Ok(found);
    }

    /// <summary>The directory of the images and two levels below it; what is in a directory that is an image is not watched.</summary>
    private static int Directories(Surroundings surroundings)
    {
        var root = surroundings.Options!.Repository.Images;
        if (FileStatus.Of(root) is not { IsDirectory: true })
            return 1;
        var images = new ImageDirectory(root);
        return 1 + Below(root).Sum(directory => 1 + (images.IsDirectoryImage(Path.GetRelativePath(root, directory)) ? 0 : Below(directory).Count()));
    }

    private static IEnumerable<string> Below(string directory) =>
        Directory.EnumerateDirectories(directory, "*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true });

    private static long Limit(Surroundings surroundings, string name) =>
        long.Parse(File.ReadAllText(surroundings.Root.At($"{Limits}/{name}")), CultureInfo.InvariantCulture);

    private static string Raise(string name, long value) => $"sysctl -w fs.inotify.{name}={value}, and the same in /etc/sysctl.d/ogrepo-agent.conf";
}
