using Agent.Common;

namespace Agent.Diagnosis.Checks;

/// <summary>
/// Whether the installed service lets the agent write where its configuration says. Each of the unit's writable directories is a mount of its own,
/// between which nothing can be renamed: images and trash have to lie in the same one.
/// </summary>
internal sealed class ServiceUnit : ICheck
{
    private const string Edit = $"systemctl edit {UnitFile.Name}, and write [Service] and below";

    private static readonly string[] Homes = ["/home", "/root", "/run/user"];

    public string Name => "service";

    public Task RunAsync(Surroundings surroundings, Findings findings, CancellationToken cancellation)
    {
        if (surroundings.Unit is not { } unit)
        {
            findings.Ok($"{UnitFile.Name} is not installed here; the agent is taken to run as {surroundings.User.Name}");
            return Task.CompletedTask;
        }
        var before = findings.Found.Count;
        if (unit.User is { } name && surroundings.Accounts.Find(name, unit.Group) is null)
            findings.Fail($"the service runs as user {name}, who does not exist", "systemd-sysusers, or install the package again: apt-get install --reinstall ogrepo-agent");
        foreach (var (what, path) in Written(surroundings))
            CheckReach(unit, what, path, findings);
        if (unit.IsReadOnly)
            CheckOneMount(unit, surroundings, findings);
        if (findings.Found.Count == before)
            findings.Ok($"{UnitFile.Name} runs the agent as {unit.User ?? "root"}, and lets it write where it has to");
        return Task.CompletedTask;
    }

    private static IEnumerable<(string What, string Path)> Written(Surroundings surroundings)
    {
        var repository = surroundings.Options!.Repository;
        yield return ("repository.images", repository.Images);
        yield return ("repository.trash", repository.Trash);
        yield return ("repository.state", repository.State);
        yield return ("repository.repoinfo", Path.GetDirectoryName(repository.Repoinfo)!);
        if (surroundings.Options.Cvmfs.Directory is { } copy)
            yield return ("cvmfs.directory", copy);
        if (surroundings.Options.Trash.DeleteMarks is { } marks)
            yield return ("trash.delete_marks", marks);
    }

    private static void CheckReach(UnitFile unit, string key, string path, Findings findings)
    {
        if (path.Length == 0)
            return;
        var real = RealPath.Of(path);
        if (unit.HidesHomes && Homes.Any(home => RealPath.IsInside(real, home)))
            findings.Fail($"{key} = \"{path}\" is hidden from the service, which sees no home directories", $"{Edit} ProtectHome=no; or choose another directory for {key}");
        else if (unit.IsReadOnly && Holder(unit, real) is null)
            findings.Fail($"{key} = \"{path}\" is read-only for the service", $"{Edit} ReadWritePaths={ShellWord.Of(Path.GetDirectoryName(real) ?? real)}");
    }

    private static void CheckOneMount(UnitFile unit, Surroundings surroundings, Findings findings)
    {
        var (images, trash) = (RealPath.Of(surroundings.Options!.Repository.Images), RealPath.Of(surroundings.Options.Repository.Trash));
        if (Holder(unit, images) is { } one && Holder(unit, trash) is { } other && one != other)
        {
            findings.Fail(
                $"images and trash lie in two of the service's ReadWritePaths, {one} and {other}, between which no image can be moved",
                $"{Edit} ReadWritePaths= and below ReadWritePaths={ShellWord.Of(Common(images, trash))}");
        }
    }

    /// <summary>The writable directory that a path lies in, the innermost.</summary>
    private static string? Holder(UnitFile unit, string path) => unit.Writable.Where(writable => RealPath.IsInside(path, writable)).MaxBy(writable => writable.Length);

    /// <summary>The directory that holds both.</summary>
    private static string Common(string one, string other)
    {
        var directory = Path.GetDirectoryName(one) ?? "/";
        while (!RealPath.IsInside(other, directory))
            directory = Path.GetDirectoryName(directory) ?? "/";
        return directory;
    }
}
