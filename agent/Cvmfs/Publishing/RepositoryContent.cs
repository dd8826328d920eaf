using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Agent.BitTorrent.Metainfo;
using Agent.Images;

namespace Agent.Cvmfs.Publishing;

/// <summary>The images of one repository at one moment.</summary>
/// <param name="Name">Name of the repository.</param>
/// <param name="Unit">The organisational unit; null for the images of none.</param>
/// <param name="Images">All images of the unit that are in the catalogue.</param>
/// <param name="IsGlobal">Only the global ones of them are meant.</param>
internal sealed record RepositoryContent(string Name, string? Unit, ReadOnlyMemory<Image> Images, bool IsGlobal = false)
{
    private const int NumbersLength = 40;

    /// <summary>
    /// Cuts a catalogue, which is in the order of the units, into its repositories; the one of no unit is there even where it is empty. Global
    /// images are a repository of their own besides, one a unit: other agents keep copies of all of that, and of nothing else.
    /// </summary>
    public static IEnumerable<RepositoryContent> Of(CatalogueSnapshot snapshot, string name)
    {
        var globals = RepositoryName.OfGlobals(name);
        foreach (var content in Units(snapshot, name))
        {
            yield return content;
            var ofGlobals = content with { Name = content.Unit is null ? globals : RepositoryName.OfUnit(content.Unit, globals), IsGlobal = true };
            if (ofGlobals.HasAny)
                yield return ofGlobals;
        }
    }

    /// <summary>The images that belong to it, published or not yet.</summary>
    public IEnumerable<Image> Members
    {
        get
        {
            for (var i = 0; i < Images.Length; i++)
            {
                if (Has(Images.Span[i]))
                    yield return Images.Span[i];
            }
        }
    }

    /// <summary>Whether an image, of whatever snapshot, belongs to it.</summary>
    public bool Holds(Image image) => image.Id.Ou == Unit && Has(image);

    private bool HasAny => Members.Any();

    private static IEnumerable<RepositoryContent> Units(CatalogueSnapshot snapshot, string name)
    {
        var images = snapshot.Images.AsMemory();
        var common = Run(images, null);
        yield return new RepositoryContent(name, null, images[..common]);
        for (int begin = common, length; begin < images.Length; begin += length)
        {
            var unit = images.Span[begin].Id.Ou!;
            length = Run(images[begin..], unit);
            yield return new RepositoryContent(RepositoryName.OfUnit(unit, name), unit, images.Slice(begin, length));
        }
    }

    /// <summary>What tells this content from others: of each published image name, size, time, mode and info-hash; and <paramref name="beside"/>.</summary>
    public string Fingerprint(string beside)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(beside));
        Span<byte> name = stackalloc byte[1024];
        Span<byte> numbers = stackalloc byte[NumbersLength];
        foreach (var image in Images.Span)
        {
            if (!Has(image) || !IsPublished(image))
                continue;
            numbers.Clear();
            BinaryPrimitives.WriteInt64LittleEndian(numbers, image.Stamp.Length);
            BinaryPrimitives.WriteInt64LittleEndian(numbers[8..], image.Stamp.Modified.ToUnixTimeSeconds());
            BinaryPrimitives.WriteInt32LittleEndian(numbers[16..], image.Permissions);
            image.Digests?.CopyInfoHash(numbers[20..]);
            hash.AppendData([0]);
            hash.AppendData(name[..Encoding.UTF8.GetBytes(image.Id.FileName, name)]);
            hash.AppendData(numbers);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>What the root catalog lists, one image after another.</summary>
    /// <param name="directory">Where the images are.</param>
    /// <exception cref="IOException">A torrent is not what the catalogue says; it will say something else soon.</exception>
    public IEnumerable<CatalogEntry> Entries(ImageDirectory directory)
    {
        foreach (var image in Members.Where(IsPublished))
            yield return Entry(directory, image);
    }

    /// <summary>How many images at the beginning are of a unit.</summary>
    private static int Run(ReadOnlyMemory<Image> images, string? unit)
    {
        var count = 0;
        while (count < images.Length && images.Span[count].Id.Ou == unit)
            count++;
        return count;
    }

    /// <summary>A directory image goes nowhere by itself, so that it is never one of the global ones.</summary>
    private bool Has(Image image) => !IsGlobal || image is { Scope: ImageScope.Global, IsFile: true };

    /// <summary>An image is listed once its pieces are known; one whose name no torrent may carry never is.</summary>
    private static bool IsPublished(Image image) =>
        !image.IsFile || (image.Digests is { } digests && (image.Stamp.Length == 0 || (digests.HasInfoHash && image.Sidecars?.Torrent is not null)));

    private static CatalogEntry Entry(ImageDirectory directory, Image image)
    {
        var modified = image.Stamp.Modified.ToUnixTimeSeconds();
        if (!image.IsFile || image.Stamp.Length == 0)
            return new CatalogEntry(image.Id.FileName, !image.IsFile, image.Stamp.Length, image.Permissions, modified, default, 0);
        var torrent = Torrent(directory.PathOf(image.Id, Sidecar.Torrent));
        if (torrent.InfoHash.ToString() != image.Digests!.InfoHash)
            throw new IOException($"the torrent of \"{image.Id}\" is another than the catalogue says");
        return new CatalogEntry(image.Id.FileName, false, image.Stamp.Length, image.Permissions, modified, torrent.Pieces, torrent.PieceLength);
    }

    private static TorrentMetainfo Torrent(string path)
    {
        try
        {
            return TorrentMetainfo.ReadFile(path);
        }
        catch (MetainfoException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
