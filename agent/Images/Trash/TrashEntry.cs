using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agent.Images.Trash;

/// <summary>One deleted image: a directory of the trash, named by <see cref="Id"/>, with its files under the paths they had and <c>entry.json</c>.</summary>
/// <param name="Id">Time of deletion and a few random digits: sorts by time, and two images of one name both have their place.</param>
/// <param name="Image">Which image it was.</param>
/// <param name="DeletedAt">When it was deleted.</param>
/// <param name="Length">Size of the image in bytes; 0 for a directory image.</param>
/// <param name="Record">What was known of it, so that a restored image need not be read again.</param>
public sealed record TrashEntry(string Id, ImageId Image, DateTimeOffset DeletedAt, long Length, ImageRecord? Record)
{
    internal const string FileName = "entry.json";
    internal const string TimeFormat = "yyyyMMdd-HHmmss-";
    internal const int RandomBytes = 4;

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, TrashJson.Default.TrashEntry);

    /// <summary>True for a name that <see cref="Id"/> can be.</summary>
    internal static bool IsId(string name) => name.Length == TimeFormat.Length + 2 * RandomBytes
        && DateTime.TryParseExact(name[..TimeFormat.Length], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
        && name[TimeFormat.Length..].All(char.IsAsciiHexDigitLower);

    /// <summary>Reads the entry of a directory; null if it is none.</summary>
    internal static TrashEntry? Read(string directory)
    {
        try
        {
            var entry = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(directory, FileName)), TrashJson.Default.TrashEntry);
            return entry?.Id == Path.GetFileName(directory) && IsPlain(entry.Image) ? entry : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The image directory is never left, whoever wrote the entry.</summary>
    private static bool IsPlain(ImageId image) => image.Type == ImageType.Directory
        ? ImageId.TryParseDirectory(image.RelativePath, out _)
        : ImageId.TryParse(image.RelativePath, out var parsed) && parsed == image;
}

[JsonSerializable(typeof(TrashEntry))]
[JsonSourceGenerationOptions(
    IgnoreReadOnlyProperties = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
internal sealed partial class TrashJson : JsonSerializerContext;
