using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Agent.Images;

namespace Agent.Api;

/// <summary>One image: the fields of repoinfo.json, the live fields of OpenGnsys' REST service, and the digests.</summary>
public record ImageResponse
{
    /// <summary>Name without OU and extension.</summary>
    public required string Name { get; init; }

    /// <summary>Extension, or <c>dir</c>.</summary>
    [AllowedValues(ImageType.Partition, ImageType.Disk, ImageType.Partimage, ImageType.Differential, ImageType.Directory)]
    public required string Type { get; init; }

    /// <summary>Computer it was taken from; empty where not known.</summary>
    [JsonPropertyName("clientname")]
    public required string ClientName { get; init; }

    /// <summary>Cloning program.</summary>
    public required string Clonator { get; init; }

    /// <summary>Compressing program.</summary>
    public required string Compressor { get; init; }

    /// <summary>File system inside.</summary>
    [JsonPropertyName("filesystem")]
    public required string FileSystem { get; init; }

    /// <summary>Size of the restored data in bytes; 0 where not known.</summary>
    [JsonPropertyName("datasize")]
    public required long DataSize { get; init; }

    /// <summary><c>local</c> or <c>global</c>.</summary>
    [AllowedValues("local", "global")]
    public required string Scope { get; init; }

    /// <summary>Size of the file in bytes; absent for a directory image.</summary>
    public long? Size { get; init; }

    /// <summary>Time of modification, local, as <c>YYYY-MM-DD HH:MM:SS</c>.</summary>
    public required string Modified { get; init; }

    /// <summary>Permissions, four octal digits.</summary>
    public required string Mode { get; init; }

    /// <summary>A backup of the previous version exists.</summary>
    [JsonPropertyName("backedup")]
    public required bool IsBackedUp { get; init; }

    /// <summary>Size of that backup in bytes.</summary>
    [JsonPropertyName("backupsize")]
    public long? BackupSize { get; init; }

    /// <summary>Somebody writes or uses it.</summary>
    public required bool Locked { get; init; }

    /// <summary>The OU; absent for a common image.</summary>
    public string? Ou { get; init; }

    /// <summary>Path relative to the image directory.</summary>
    public required string Path { get; init; }

    /// <summary>MD5 of the last 1 MiB, as in <c>.sum</c>; absent until computed.</summary>
    public string? Sum { get; init; }

    /// <summary>MD5 of the whole file, as in <c>.full.sum</c>; absent until computed.</summary>
    [JsonPropertyName("fullsum")]
    public string? FullSum { get; init; }

    /// <summary>SHA-256 of the whole file; absent until computed.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Info-hash of the torrent; absent until there is one.</summary>
    [JsonPropertyName("infohash")]
    public string? InfoHash { get; init; }

    /// <summary>
    /// <c>unknown</c> until it is indexed, <c>trusted</c> while its sums and torrent are believed unread, <c>good</c>, or <c>damaged</c>: bytes
    /// differ although nobody wrote to it.
    /// </summary>
    public required string State { get; init; }

    /// <summary>When every byte of it was last read; absent where that never was.</summary>
    public DateTimeOffset? LastCheck { get; init; }

    /// <summary>When it was last found good; absent where it never was.</summary>
    public DateTimeOffset? LastGood { get; init; }

    /// <summary>Pieces of 4 MiB that were found bad, as <c>3,7-9</c>; absent where none is known to be.</summary>
    public string? BadPieces { get; init; }

    /// <summary>The answer for an image.</summary>
    public static ImageResponse Of(Image image) => new()
    {
        Name = image.Id.Name,
        Type = image.Id.Type,
        ClientName = image.Facts.ClientName,
        Clonator = image.Facts.Clonator,
        Compressor = image.Facts.Compressor,
        FileSystem = image.Facts.FileSystem,
        DataSize = image.Facts.DataSize,
        Scope = Repoinfo.ScopeText(image.Scope),
        Size = image.IsFile ? image.Stamp.Length : null,
        Modified = image.Stamp.Modified.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        Mode = Convert.ToString(image.Permissions, 8).PadLeft(4, '0'),
        IsBackedUp = image.BackupLength is not null,
        BackupSize = image.BackupLength,
        Locked = image.IsLocked,
        Ou = image.Id.Ou,
        Path = image.Id.RelativePath,
        Sum = image.Digests?.TailMd5,
        FullSum = image.Digests?.FullMd5,
        Sha256 = image.Digests is { Sha256: { Length: > 0 } sha256 } ? sha256 : null,
        InfoHash = image.Digests is { HasInfoHash: true } digests ? digests.InfoHash : null,
        State = StateText(image.Check.State),
        LastCheck = image.Check.CheckedAt,
        LastGood = image.Check.GoodAt,
        BadPieces = image.BadPieces,
    };

    internal static string StateText(CheckState state) => state switch
    {
        CheckState.Trusted => "trusted",
        CheckState.Good => "good",
        CheckState.Damaged => "damaged",
        _ => "unknown",
    };
}

/// <summary>Answer of <c>GET /images/{name}</c>: the fields of the image, as the seed has them, beside <c>success</c>.</summary>
public sealed record OneImageResponse : ImageResponse
{
    [SetsRequiredMembers]
    private OneImageResponse(ImageResponse image)
        : base(image)
    {
    }

    /// <summary>Always true.</summary>
    [JsonPropertyOrder(-1)]
    public bool Success { get; } = true;

    /// <summary>The answer for an image.</summary>
    public static new OneImageResponse Of(Image image) => new(ImageResponse.Of(image));
}

/// <summary>Answer of <c>GET /images</c>: repoinfo.json with live fields.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Directory">The image directory.</param>
/// <param name="Images">Images for all.</param>
/// <param name="Ous">Images of organisational units.</param>
/// <param name="Disk">Room on the file system of the image directory.</param>
public sealed record ImageListResponse(
    bool Success, string Directory, IReadOnlyList<ImageResponse> Images, IReadOnlyList<OuResponse> Ous, DiskResponse? Disk);

/// <summary>Images of one organisational unit.</summary>
/// <param name="Subdir">The OU, which is a directory.</param>
/// <param name="Images">Its images.</param>
public sealed record OuResponse(string Subdir, IReadOnlyList<ImageResponse> Images);

/// <summary>Room on a file system.</summary>
/// <param name="Total">Size in bytes.</param>
/// <param name="Free">Bytes that the agent may still use.</param>
public sealed record DiskResponse(long Total, long Free)
{
    /// <summary>Room where a directory lies; null where it cannot be told.</summary>
    public static DiskResponse? Of(string directory)
    {
        try
        {
            var drive = new DriveInfo(directory);
            return new DiskResponse(drive.TotalSize, drive.AvailableFreeSpace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>Answer of <c>PUT /images</c>.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Images">Number of images in the catalogue now.</param>
/// <param name="Revision">Revision of the catalogue.</param>
public sealed record RefreshResponse(bool Success, int Images, long Revision);
