using Agent.Common;

namespace Agent.Images.Trash;

/// <summary>
/// An image on its way from one place to another with its sidecars, by renames on one file system. The sidecars go first and the image last, so
/// that whoever sees the image at its new place sees it whole, and a crash on the way is told by the image being at the old one.
/// </summary>
internal sealed class ImageMove
{
    private readonly List<(string From, string To)> _done = [];

    private ImageMove()
    {
    }

    /// <summary>Moves what is there of the sidecars, where nothing is in their way, then the image.</summary>
    /// <param name="sidecars">Sidecars, each from where to where.</param>
    /// <param name="image">The image.</param>
    /// <exception cref="FileNotFoundException">The image is not there; everything is where it was.</exception>
    /// <exception cref="IOException">Something is in the way of the image, or it is on another file system; everything is where it was.</exception>
    public static ImageMove Carry(IEnumerable<(string From, string To)> sidecars, (string From, string To) image)
    {
        var move = new ImageMove();
        try
        {
            foreach (var (from, to) in sidecars.Where(IsMovable))
                move.Sidecar(from, to);
            move.Rename(image.From, image.To);
            move.Flush();
            return move;
        }
        catch (IOException)
        {
            move.Undo();
            throw;
        }
    }

    /// <summary>Moves only what is there of the sidecars, where nothing is in their way.</summary>
    /// <exception cref="IOException">One of them cannot be moved.</exception>
    public static void CarrySidecars(IEnumerable<(string From, string To)> sidecars)
    {
        var move = new ImageMove();
        foreach (var (from, to) in sidecars.Where(IsMovable))
            move.Sidecar(from, to);
        move.Flush();
    }

    /// <summary>Moves back whatever nothing is in the way of by now; the rest stays where it is.</summary>
    public void Undo()
    {
        foreach (var (from, to) in Enumerable.Reverse(_done))
        {
            try
            {
                Common.Rename.WithoutReplacing(to, from);
            }
            catch (IOException)
            {
                // Somebody else's file is there now, and nothing is ever replaced.
            }
        }
        _done.Clear();
    }

    private static bool IsMovable((string From, string To) sidecar) =>
        FileStatus.OfLink(sidecar.From) is not null && FileStatus.OfLink(sidecar.To) is null;

    /// <summary>A computed sidecar may be removed or written by the indexer at any time; it can be made again.</summary>
    private void Sidecar(string from, string to)
    {
        try
        {
            Rename(from, to);
        }
        catch (IOException) when (!IsMovable((from, to)))
        {
            // Gone, or made anew at the other place, since it was looked at.
        }
    }

    private void Rename(string from, string to)
    {
        Common.Rename.WithoutReplacing(from, to);
        _done.Add((from, to));
    }

    private void Flush()
    {
        foreach (var directory in _done.SelectMany(step => new[] { step.To, step.From }).Select(path => Path.GetDirectoryName(path)!).Distinct())
            AtomicFile.FlushDirectory(directory);
    }
}
