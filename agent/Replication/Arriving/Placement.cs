using Agent.Common;
using Agent.Images;
using Agent.Images.Trash;

namespace Agent.Replication.Arriving;

/// <summary>
/// Brings a whole image from its folder to its place, by renames: the old backup into the folder, the old image to its backup, the new image
/// with its sidecars to its place. What fails is undone; what a crash broke off is carried on by the same call.
/// </summary>
internal sealed class Placement(ArrivalFolder folder, string image, ExistingImage existing)
{
    private static readonly string[] OwnSidecars = [Sidecar.Info, .. Sidecar.Computed];

    private readonly List<ImageMove> _moves = [];

    /// <summary>Moves everything.</summary>
    /// <exception cref="ArrivalRefusedException">There is an image of that name, and it is to stay.</exception>
    /// <exception cref="IOException">Something cannot be moved; everything is where it was.</exception>
    public void Run()
    {
        if (FileStatus.OfLink(folder.Image) is null)
            return;
        if (existing == ExistingImage.Refuse && FileStatus.OfLink(image) is not null)
            throw new ArrivalRefusedException($"There is an image \"{image}\" by now, and it was asked to stay.");
        try
        {
            if (FileStatus.OfLink(image) is not null)
            {
                PutAwayFormer();
                _moves.Add(ImageMove.Carry(Sidecars(image, "", image, Sidecar.Backup), (image, image + Sidecar.Backup)));
            }
            RemoveStraySidecars();
            _moves.Add(ImageMove.Carry(Sidecars(folder.Image, "", image, ""), (folder.Image, image)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Undo();
            throw;
        }
    }

    /// <summary>The folder's name is the sign that all of the old backup is in it: what is at its place afterwards is the new one.</summary>
    private void PutAwayFormer()
    {
        if (Directory.Exists(folder.Former))
            return;
        var gathering = folder.Former + ".part";
        Directory.CreateDirectory(gathering);
        ImageMove.CarrySidecars(OwnSidecars.Prepend("").Select(ending => (image + ending + Sidecar.Backup, Path.Combine(gathering, "image" + ending))));
        Rename.WithoutReplacing(gathering, folder.Former);
    }

    /// <summary>What stood there without an image. What an earlier run of this has moved there is not in the folder any more, and stays.</summary>
    private void RemoveStraySidecars()
    {
        File.Delete(image + Sidecar.Info);
        foreach (var ending in Sidecar.Computed.Where(ending => FileStatus.OfLink(folder.Image + ending) is not null))
            File.Delete(image + ending);
    }

    private void Undo()
    {
        foreach (var move in Enumerable.Reverse(_moves))
            move.Undo();
        foreach (var path in new[] { folder.Former, folder.Former + ".part" }.Where(Directory.Exists))
        {
            ImageMove.CarrySidecars(OwnSidecars.Prepend("").Select(ending => (Path.Combine(path, "image" + ending), image + ending + Sidecar.Backup)));
            ArrivalFolder.RemoveIfEmpty(path);
        }
    }

    private static IEnumerable<(string From, string To)> Sidecars(string from, string fromEnding, string to, string toEnding) =>
        OwnSidecars.Select(ending => (from + ending + fromEnding, to + ending + toEnding));
}
