using System.Globalization;
using Agent.Common;

namespace Agent.Diagnosis.Checks;

/// <summary>
/// Whether an image can be moved to the trash, which is a rename and works within one mount only. Where the agent runs, the mounts that count are
/// those that it sees.
/// </summary>
internal sealed class TrashPlace : ICheck
{
    public string Name => "trash";

    public Task RunAsync(Surroundings surroundings, Findings findings, CancellationToken cancellation)
    {
        var repository = surroundings.Options!.Repository;
        var mounts = MountTable.Read(Source(surroundings));
        var (images, trash) = (mounts.Of(RealPath.Of(repository.Images)), mounts.Of(RealPath.Of(repository.Trash)));
        if (images is null || trash is null)
            findings.Warn("it could not be told on which file systems images and trash are", "findmnt --target DIRECTORY");
        else if (images.Id == trash.Id)
            findings.Ok($"{repository.Trash} is on the file system of the images, {images}");
        else
            findings.Fail($"the images are on {images}, the trash on {trash}: no image can be moved there", Remedy(images.Point, repository.Images));
        foreach (var mount in ((Mount?[])[images, trash]).OfType<Mount>().Where(mount => mount.IsReadOnly).Distinct())
            findings.Fail($"{mount} is mounted read-only", $"mount -o remount,rw {ShellWord.Of(mount.Point)}; if it became so by itself, look for a broken disk: dmesg | tail");
        return Task.CompletedTask;
    }

    private static string Remedy(string mount, string images) => mount == RealPath.Of(images)
        ? $"repository.images is a mount itself: mount it at the directory above, or have repository.images name a directory in it, with the trash beside, such as \"{images}/images\" and \"{images}/trash\""
        : $"Set repository.trash to a directory beside the images, such as \"{images}_trash\"";

    private static string Source(Surroundings surroundings)
    {
        var own = surroundings.Root.At("/proc/self/mountinfo");
        if (surroundings.AgentProcess is not { } process)
            return own;
        var seen = surroundings.Root.At($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/mountinfo");
        return File.Exists(seen) ? seen : own;
    }
}
