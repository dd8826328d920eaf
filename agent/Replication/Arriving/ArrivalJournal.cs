using System.Text.Json;
using System.Text.Json.Serialization;
using Agent.Common;
using Agent.Images;

namespace Agent.Replication.Arriving;

/// <summary>What a crash must not make forget of an arrival.</summary>
/// <param name="Image">Which image arrives.</param>
/// <param name="Content">See <see cref="ArrivalPlan"/>.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="Existing">What becomes of an image of that name.</param>
/// <param name="MadeDirectory">The directory of its OU was made for it.</param>
/// <param name="Verified">What is to be known of it; set once it is whole and verified, from where on it only has to be moved. Null before.</param>
internal sealed record ArrivalJournal(ImageId Image, string Content, long Length, ExistingImage Existing, bool MadeDirectory, ImageRecord? Verified)
{
    /// <summary>Writes it, whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public void Write(string path) => AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, ArrivalJson.Default.ArrivalJournal));

    /// <summary>Reads it; null where there is none that can be read.</summary>
    public static ArrivalJournal? Read(string path)
    {
        try
        {
            var journal = JsonSerializer.Deserialize(File.ReadAllBytes(path), ArrivalJson.Default.ArrivalJournal);
            // The image directory is never left, whoever wrote this.
            return journal is not null && ImageId.TryParse(journal.Image.RelativePath, out var plain) && plain == journal.Image ? journal : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}

[JsonSerializable(typeof(ArrivalJournal))]
[JsonSourceGenerationOptions(
    IgnoreReadOnlyProperties = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
internal sealed partial class ArrivalJson : JsonSerializerContext;
