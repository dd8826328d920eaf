using Agent.Common;

namespace Agent.Images.Trash;

/// <summary>
/// The delete marks of OpenGnsys' web console: a file <c>OU:NAME.img.delete</c>, or <c>NAME.img.delete</c>, asks for the deletion of that image. It
/// goes to the trash, and the mark is removed. A mark whose image is locked or in use stays for the next time.
/// </summary>
/// <param name="marks">The directory of the marks.</param>
/// <param name="directory">Where the images are.</param>
/// <param name="catalogue">The images.</param>
/// <param name="trash">Where marked images go.</param>
/// <param name="logger">Log.</param>
public sealed partial class DeleteMarks(string marks, ImageDirectory directory, Catalogue catalogue, TrashBin trash, ILogger<DeleteMarks> logger)
{
    private const string Ending = ".delete";

    /// <summary>Reasons that were logged already, by mark: a mark that stays is looked at again and again.</summary>
    private readonly Dictionary<string, string> _told = [];

    /// <summary>Carries out every mark that can be. Does nothing before the catalogue is read.</summary>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public async Task CarryOutAsync(CancellationToken cancellation)
    {
        if (catalogue.Current.Revision == 0)
            return;
        var found = Directory.GetFiles(marks, "*" + Ending).Where(path => FileStatus.OfLink(path) is { IsRegular: true }).ToList();
        foreach (var forgotten in _told.Keys.Except(found).ToList())
            _told.Remove(forgotten);
        foreach (var mark in found)
            await CarryOutAsync(mark, cancellation);
    }

    private async Task CarryOutAsync(string mark, CancellationToken cancellation)
    {
        var name = Path.GetFileName(mark)[..^Ending.Length].Replace(':', '/');
        try
        {
            if (await ReasonToStayAsync(mark, name, cancellation) is { } reason)
                Stay(mark, reason);
            else
                File.Delete(mark);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Stay(mark, e.Message);
        }
    }

    /// <summary>Deletes the image that is meant; null where the mark has served its purpose.</summary>
    private async Task<string?> ReasonToStayAsync(string mark, string name, CancellationToken cancellation)
    {
        var meant = Meant(name);
        if (meant.Count == 0)
            return $"\"{name}\" is no name of an image.";
        if (meant.Select(catalogue.Current.Find).FirstOrDefault(image => image is not null) is { } image)
        {
            var entry = await trash.DeleteAsync(image, withBackup: false, cancellation);
            LogCarriedOut(mark, image.Id, entry.Id);
            return null;
        }
        if (meant.Any(id => FileStatus.OfLink(directory.PathOf(id)) is not null))
            return $"\"{name}\" is not in the catalogue yet.";
        LogNothingThere(mark, name);
        return null;
    }

    /// <summary>What a name may mean, in the order in which OpenGnsys' own script looks for it: the file, its differential part, a directory image.</summary>
    private static List<ImageId> Meant(string name)
    {
        var meant = new List<ImageId>();
        foreach (var path in new[] { name, name + "." + ImageType.Differential })
        {
            if (ImageId.TryParse(path, out var file))
                meant.Add(file);
        }
        var bare = name.EndsWith("." + ImageType.Partition, StringComparison.Ordinal) ? name[..^(ImageType.Partition.Length + 1)] : name;
        if (ImageId.TryParseDirectory(bare, out var tree))
            meant.Add(tree);
        return meant;
    }

    private void Stay(string mark, string reason)
    {
        if (_told.GetValueOrDefault(mark) != reason)
            LogStays(mark, reason);
        _told[mark] = reason;
    }

    [LoggerMessage(2034, LogLevel.Information, "{Mark} is carried out: {Image} was moved to the trash as {Entry}")]
    private partial void LogCarriedOut(string mark, ImageId image, string entry);

    [LoggerMessage(2035, LogLevel.Warning, "{Mark} stays and is tried again: {Reason}")]
    private partial void LogStays(string mark, string reason);

    [LoggerMessage(2036, LogLevel.Warning, "{Mark} is removed: there is no image \"{Name}\"")]
    private partial void LogNothingThere(string mark, string name);
}
