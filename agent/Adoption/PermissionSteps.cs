using Agent.Common;
using Agent.Images;

namespace Agent.Adoption;

/// <summary>
/// Lets the agent's user write beside the images: it is of the group that owns them. In OpenGnsys' own etc it may make files, and replace only its own.
/// </summary>
internal static class PermissionSteps
{
    private const string User = "ogrepo";
    private const string Group = "opengnsys";
    private const int Sticky = 0x200;
    private const int SetGroup = 0x400;
    private const int GroupReads = 0x20;
    private const int GroupWrites = 0x38;

    public static IEnumerable<AdoptionStep> Of(ServerRoot root, List<string> remarks)
    {
        if (root.NumberOf("/etc/passwd", User) is not { } user || root.NumberOf("/etc/group", Group) is not { } group)
        {
            remarks.Add($"There is no user \"{User}\" or no group \"{Group}\" here, which the package makes: access to the images is left as it is.");
            return [];
        }
        if (Directory.Exists(root.At(Installation.DeleteMarks)) && FileStatus.Of(root.At(Installation.DeleteMarks)) is { } marks && (marks.Group != group || (marks.Permissions & 0x10) == 0))
            remarks.Add($"Delete marks can be taken away only by who may write in {Installation.DeleteMarks}: setfacl -m u:{User}:rwx {Installation.DeleteMarks}");
        return Steps(root, user, group).OfType<AdoptionStep>();
    }

    private static IEnumerable<AdoptionStep?> Steps(ServerRoot root, int user, int group)
    {
        yield return Trash(root, user, group);
        foreach (var directory in Units(root).Prepend(root.At(Installation.ImageDirectory)))
            yield return Open(root, directory, group, GroupWrites | SetGroup);
        yield return Open(root, root.At(Installation.Etc), group, GroupWrites | Sticky);
        if (File.Exists(root.At(Installation.Configuration)))
            yield return Open(root, root.At(Installation.Configuration), group, GroupReads);
        yield return Own(root, root.At(Installation.Repoinfo), user);
    }

    /// <summary>Organisational units. A directory that is an image itself is left alone, for its mode is part of what it holds; so is what a link leads to.</summary>
    private static IEnumerable<string> Units(ServerRoot root)
    {
        var images = new ImageDirectory(root.At(Installation.ImageDirectory));
        return Directory.EnumerateDirectories(images.Configured)
            .Where(directory => Path.GetFileName(directory) is var name && name[0] != '.' && name != "lost+found" && !images.IsDirectoryImage(name) && FileStatus.OfLink(directory) is { IsDirectory: true });
    }

    private static AdoptionStep? Trash(ServerRoot root, int user, int group)
    {
        var trash = root.At(Installation.TrashDirectory);
        return Directory.Exists(trash) ? null : new AdoptionStep($"directory {Installation.TrashDirectory} is made, for deleted images", null, () =>
        {
            Directory.CreateDirectory(trash);
            LibC.ChangeOwner(trash, (uint)user, (uint)group);
            LibC.ChangeMode(trash, SetGroup | 0x1F8);
        });
    }

    /// <summary>Gives a file or directory to the group, with these bits of its mode at least.</summary>
    private static AdoptionStep? Open(ServerRoot root, string path, int group, int bits)
    {
        if (FileStatus.Of(path) is not { } status || (status.Group == group && (status.Permissions & bits) == bits))
            return null;
        var (before, after) = (Octal(status.Permissions), Octal(status.Permissions | bits));
        return new AdoptionStep(
            $"access: {root.Shown(path)} gets group {Group} and mode {after}",
            $"chgrp {status.Group} {root.Shown(path)}; chmod {before} {root.Shown(path)}",
            () =>
            {
                LibC.ChangeOwner(path, status.Owner, (uint)group);
                LibC.ChangeMode(path, status.Permissions | bits);
            });
    }

    private static AdoptionStep? Own(ServerRoot root, string path, int user) => FileStatus.Of(path) is { } status && status.Owner != user
        ? new AdoptionStep($"access: {root.Shown(path)} gets owner {User}", $"chown {status.Owner} {root.Shown(path)}", () => LibC.ChangeOwner(path, (uint)user, status.Group))
        : null;

    private static string Octal(int mode) => Convert.ToString(mode, 8);
}
