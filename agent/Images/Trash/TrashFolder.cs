using Agent.Common;

namespace Agent.Images.Trash;

/// <summary>
/// The directory of the trash: one directory an entry, with <c>entry.json</c> and the image under the path it had. An entry counts while its image
/// is in it; what is being erased loses its name first, so that half an image is never taken for a whole one.
/// </summary>
internal sealed class TrashFolder(string root)
{
    private const string Erasing = ".erasing-";

    /// <summary>All entries, oldest first.</summary>
    public List<TrashEntry> List() => [.. Described().Where(HasImage)];

    /// <summary>Where the image of an entry is.</summary>
    public string PlaceOf(TrashEntry entry) => Path.Combine(root, entry.Id, entry.Image.RelativePath);

    /// <summary>True while the image is there.</summary>
    public bool HasImage(TrashEntry entry) => FileStatus.OfLink(PlaceOf(entry)) is not null;

    /// <summary>Makes an entry, its image to come.</summary>
    /// <exception cref="IOException">It cannot be written; there is no such entry.</exception>
    public void Create(TrashEntry entry)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PlaceOf(entry))!);
        AtomicFile.Write(Path.Combine(root, entry.Id, TrashEntry.FileName), entry.ToJson());
        AtomicFile.FlushDirectory(root);
    }

    /// <summary>Erases an entry with all that is in it; false where it is gone already.</summary>
    /// <exception cref="IOException">Not all of it could be erased; <see cref="EraseRemains"/> tries again.</exception>
    public bool Erase(TrashEntry entry)
    {
        var doomed = Path.Combine(root, Erasing + entry.Id);
        try
        {
            Rename.WithoutReplacing(Path.Combine(root, entry.Id), doomed);
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        AtomicFile.FlushDirectory(root);
        Directory.Delete(doomed, recursive: true);
        return true;
    }

    /// <summary>Erases what an earlier try left, and directories that a crash kept from becoming entries.</summary>
    /// <exception cref="IOException">Something could not be erased.</exception>
    public void EraseRemains()
    {
        foreach (var directory in Directories().Where(directory => Path.GetFileName(directory).StartsWith(Erasing, StringComparison.Ordinal) || IsEmptyEntry(directory)))
            Directory.Delete(directory, recursive: true);
    }

    /// <summary>Entries whose image never came, or has left: a crash broke a deletion or a restoration off.</summary>
    public List<TrashEntry> Unfinished() => [.. Described().Where(entry => !HasImage(entry))];

    private IEnumerable<TrashEntry> Described() =>
        Directories().Select(TrashEntry.Read).OfType<TrashEntry>().OrderBy(entry => entry.Id, StringComparer.Ordinal);

    private string[] Directories() => Directory.Exists(root) ? Directory.GetDirectories(root) : [];

    /// <summary>Named as an entry is, and without a file but those that were never finished.</summary>
    private static bool IsEmptyEntry(string directory) => TrashEntry.IsId(Path.GetFileName(directory))
        && Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).All(file => AtomicFile.IsLeftover(Path.GetFileName(file)));
}
