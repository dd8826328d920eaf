using Agent.Common;
using Agent.Diagnosis.Accounts;
using Agent.Images;

namespace Agent.Diagnosis.Checks;

/// <summary>
/// Whether the agent's user may read the images, write sidecars beside them, and write its own files. What may be read and written is asked of the
/// kernel, as that user.
/// </summary>
internal sealed class Permissions : ICheck
{
    private const int SetGroup = 0x400;
    private const int Sticky = 0x200;
    private const int GroupWrites = 0x10;
    private const int MostShown = 3;

    public string Name => "permissions";

    public Task RunAsync(Surroundings surroundings, Findings findings, CancellationToken cancellation)
    {
        var repository = surroundings.Options!.Repository;
        if (FileStatus.Of(repository.Images) is { IsDirectory: true })
            CheckImages(surroundings, findings);
        CheckOwn(surroundings, "the state directory", repository.State, findings);
        CheckOwn(surroundings, "the trash", repository.Trash, findings);
        CheckRepoinfo(surroundings, repository.Repoinfo, findings);
        if (surroundings.Options.Trash.DeleteMarks is { } marks && FileStatus.Of(marks) is not null && !MayChange(surroundings, marks))
            findings.Fail($"delete marks cannot be taken away from {marks} by {surroundings.User.Name}", $"setfacl -m u:{surroundings.User.Name}:rwx {ShellWord.Of(marks)}");
        return Task.CompletedTask;
    }

    private static void CheckImages(Surroundings surroundings, Findings findings)
    {
        var root = surroundings.Options!.Repository.Images;
        var directories = surroundings.Images.Select(image => image.Ou).OfType<string>().Distinct().Select(unit => Path.Combine(root, unit)).Prepend(root).ToList();
        var closed = AsUser.Run(surroundings.User, () => directories.FindAll(directory => !(AsUser.MayRead(directory) && AsUser.MayChange(directory))));
        if (closed.Count > 0)
        {
            findings.Fail(
                $"{surroundings.User.Name} may not write sidecars in {Some(closed, directory => $"{directory} ({surroundings.ShownOf(directory)})")}",
                $"chgrp {surroundings.GroupOfUser} {Words(closed)}; chmod g+rwxs {Words(closed)}");
        }
        else
        {
            findings.Ok($"{surroundings.User.Name} may write sidecars in {root}{OfUnits(directories.Count - 1)}");
        }
        CheckGroups(surroundings, directories, findings);
        CheckFiles(surroundings, root, findings);
    }

    /// <summary>Where several write, new files are to belong to the group of the directory, or else one cannot replace the other's.</summary>
    private static void CheckGroups(Surroundings surroundings, List<string> directories, Findings findings)
    {
        var loose = directories.FindAll(directory => FileStatus.Of(directory) is { } status && (status.Permissions & GroupWrites) != 0 && (status.Permissions & SetGroup) == 0);
        if (loose.Count > 0)
            findings.Warn($"files that are made in {Some(loose, directory => $"{directory} ({surroundings.ShownOf(directory)})")} get the group of whoever makes them", $"chmod g+s {Words(loose)}");
        var sticky = directories.FindAll(directory => surroundings.User.User != 0
            && FileStatus.Of(directory) is { } status && (status.Permissions & Sticky) != 0 && status.Owner != surroundings.User.User);
        if (sticky.Count > 0)
            findings.Fail($"in {Some(sticky, directory => $"{directory} ({surroundings.ShownOf(directory)})")} {surroundings.User.Name} may not replace sidecars of others", $"chmod -t {Words(sticky)}");
    }

    private static void CheckFiles(Surroundings surroundings, string root, Findings findings)
    {
        var files = surroundings.Images.Select(image => Path.Combine(root, image.RelativePath, image.Type == ImageType.Directory ? Sidecar.DirectoryInfo : "").TrimEnd('/')).ToList();
        var closed = AsUser.Run(surroundings.User, () => files.FindAll(file => FileStatus.OfLink(file) is not null && !AsUser.MayRead(file)));
        if (closed.Count > 0)
            findings.Fail($"{surroundings.User.Name} may not read {Some(closed, file => $"{file} ({surroundings.ShownOf(file)})")}", $"chgrp {surroundings.GroupOfUser} {Words(closed)}; chmod g+r {Words(closed)}");
        else
            findings.Ok($"{surroundings.User.Name} may read every image (of {files.Count})");
    }

    /// <summary>A directory of the agent, which makes it where it is not there.</summary>
    private static void CheckOwn(Surroundings surroundings, string what, string path, Findings findings)
    {
        var there = Nearest(path);
        var user = surroundings.User.Name;
        if (there != path && MayChange(surroundings, there))
            findings.Ok($"{what} {path} is not there yet; {user} may make it");
        else if (there != path)
            findings.Fail($"{what} {path} is not there, and {user} may not make it in {there} ({surroundings.ShownOf(there)})", $"install -d -o {user} -g {surroundings.GroupOfUser} -m 2770 {ShellWord.Of(path)}");
        else if (!MayChange(surroundings, path))
            findings.Fail($"{user} may not write in {what} {path} ({surroundings.ShownOf(path)})", $"chown {user}:{surroundings.GroupOfUser} {ShellWord.Of(path)}; chmod u+rwx {ShellWord.Of(path)}");
        else
            findings.Ok($"{user} may write in {what} {path}");
    }

    private static void CheckRepoinfo(Surroundings surroundings, string file, Findings findings)
    {
        var directory = Path.GetDirectoryName(file)!;
        if (directory == surroundings.Options!.Repository.State || FileStatus.Of(directory) is not { } status)
            return;
        if (!MayChange(surroundings, directory))
        {
            findings.Fail(
                $"{surroundings.User.Name} may not replace repository.repoinfo in {directory} ({surroundings.Shown(status)})",
                $"chgrp {surroundings.GroupOfUser} {ShellWord.Of(directory)}; chmod g+rwx {ShellWord.Of(directory)}");
        }
        else if ((status.Permissions & Sticky) != 0 && surroundings.User.User != 0 && status.Owner != surroundings.User.User
            && FileStatus.Of(file) is { } there && there.Owner != surroundings.User.User)
        {
            findings.Fail($"{surroundings.User.Name} may not replace {file} ({surroundings.Shown(there)}), for its directory is sticky", $"chown {surroundings.User.Name} {ShellWord.Of(file)}");
        }
        else
        {
            findings.Ok($"{surroundings.User.Name} may replace {file}");
        }
    }

    private static bool MayChange(Surroundings surroundings, string directory) =>
        AsUser.Run(surroundings.User, () => AsUser.MayRead(directory) && AsUser.MayChange(directory));

    /// <summary>The path, or the directory above that is there.</summary>
    private static string Nearest(string path) => FileStatus.Of(path) is not null || Path.GetDirectoryName(path) is not { } parent ? path : Nearest(parent);

    private static string Some(List<string> paths, Func<string, string> shown) =>
        string.Join(", ", paths.Take(MostShown).Select(shown)) + (paths.Count > MostShown ? $" and {paths.Count - MostShown} more" : "");

    private static string Words(List<string> paths) => string.Join(' ', paths.Take(MostShown).Select(ShellWord.Of)) + (paths.Count > MostShown ? " …" : "");

    private static string OfUnits(int count) => count switch
    {
        0 => "",
        1 => " and the directory of a unit in it",
        _ => $" and the {count} directories of units in it",
    };
}
