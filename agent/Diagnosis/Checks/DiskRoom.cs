using Agent.Common;
using Agent.Diagnosis.Kernel;

namespace Agent.Diagnosis.Checks;

/// <summary>Room for bytes and for files, on each file system that something of the repository is on.</summary>
internal sealed class DiskRoom : ICheck
{
    private const long LeastBytes = 256L << 20;
    private const long PlentyOfBytes = 50L << 30;
    private const int ScarcePercent = 10;
    private const int LeastPercentOfInodes = 1;
    private const int ScarcePercentOfInodes = 5;

    public string Name => "disk";

    public Task RunAsync(Surroundings surroundings, Findings findings, CancellationToken cancellation)
    {
        var repository = surroundings.Options!.Repository;
        var places = ((string What, string Path)[])[("images", repository.Images), ("trash", repository.Trash), ("state", repository.State)];
        foreach (var shared in places.Select(place => (place.What, Path: Nearest(place.Path))).GroupBy(place => FileStatus.Of(place.Path)?.Device ?? 0))
        {
            var what = $"{string.Join(", ", shared.Select(place => place.What))} ({shared.First().Path})";
            var room = surroundings.RoomOf(shared.First().Path);
            CheckBytes(what, room, shared.First().Path, findings);
            CheckInodes(what, room, shared.First().Path, findings);
        }
        return Task.CompletedTask;
    }

    private static void CheckBytes(string what, FileSystemRoom room, string path, Findings findings)
    {
        var percent = room.Total == 0 ? 0 : 100.0 * room.Free / room.Total;
        var found = $"{what}: {Sizes.Rounded(room.Free)} of {Sizes.Rounded(room.Total)} free ({percent:F0} %)";
        if (room.Free < LeastBytes)
            findings.Fail(found, $"Make room: ogrepo-agent trash empty; du -sh {ShellWord.Of(path)}/*");
        else if (percent < ScarcePercent && room.Free < PlentyOfBytes)
            findings.Warn(found, $"Make room: ogrepo-agent trash empty, or shorten trash.keep; du -sh {ShellWord.Of(path)}/*");
        else
            findings.Ok(found);
    }

    /// <summary>Some file systems have as many inodes as there is room for.</summary>
    private static void CheckInodes(string what, FileSystemRoom room, string path, Findings findings)
    {
        if (room.Inodes == 0)
            return;
        var percent = 100.0 * room.FreeInodes / room.Inodes;
        var found = $"{what}: {room.FreeInodes} of {room.Inodes} inodes free ({percent:F0} %)";
        var remedy = $"Remove small files that nobody needs: du --inodes -s {ShellWord.Of(path)}/*";
        if (percent < LeastPercentOfInodes)
            findings.Fail(found, remedy);
        else if (percent < ScarcePercentOfInodes)
            findings.Warn(found, remedy);
        else
            findings.Ok(found);
    }

    private static string Nearest(string path) => FileStatus.Of(path) is not null || Path.GetDirectoryName(path) is not { } parent ? path : Nearest(parent);
}
