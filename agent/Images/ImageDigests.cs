using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agent.Images;

/// <summary>
/// The digests of one image. Told in lower-case hex, kept as numbers: a server with tens of thousands of images holds them all, and as
/// text they would be most of its memory.
/// </summary>
[JsonConverter(typeof(ImageDigestsConverter))]
public sealed record ImageDigests
{
    private const int Md5Digits = 32;
    private const int Sha256Digits = 64;
    private const int InfoHashDigits = 40;

    private readonly UInt128 _tailMd5;
    private readonly UInt128 _fullMd5;
    private readonly (UInt128 High, UInt128 Low) _sha256;
    private readonly (UInt128 High, uint Low)? _infoHash;

    /// <summary>Takes digests in hex.</summary>
    /// <param name="tailMd5">MD5 of the last 1 MiB, or of all of a shorter file.</param>
    /// <param name="fullMd5">MD5 of the whole file.</param>
    /// <param name="sha256">SHA-256 of the whole file; empty where it is not known, because the others were taken over without reading it.</param>
    /// <param name="infoHash">Info-hash of its torrent; empty for an image without one.</param>
    /// <exception cref="FormatException">One is not hex, or not of its length.</exception>
    public ImageDigests(string tailMd5, string fullMd5, string sha256, string infoHash)
    {
        _tailMd5 = Number(Checked(tailMd5, Md5Digits));
        _fullMd5 = Number(Checked(fullMd5, Md5Digits));
        _sha256 = sha256.Length == 0 ? default : (Number(Checked(sha256, Sha256Digits).AsSpan(0, 32)), Number(sha256.AsSpan(32)));
        _infoHash = infoHash.Length == 0 ? null : (Number(Checked(infoHash, InfoHashDigits).AsSpan(0, 32)), (uint)Number(infoHash.AsSpan(32)));
    }

    /// <summary>MD5 of the last 1 MiB, or of all of a shorter file.</summary>
    public string TailMd5 => Hex(_tailMd5);

    /// <summary>MD5 of the whole file.</summary>
    public string FullMd5 => Hex(_fullMd5);

    /// <summary>SHA-256 of the whole file; empty where it is not known. No file has one of zeros only.</summary>
    public string Sha256 => _sha256 == default ? "" : Hex(_sha256.High) + Hex(_sha256.Low);

    /// <summary>Info-hash of its torrent; empty for an image without one: an empty file, or a name that no torrent may carry.</summary>
    public string InfoHash => _infoHash is { } hash ? Hex(hash.High) + hash.Low.ToString("x8", CultureInfo.InvariantCulture) : "";

    /// <summary>The info-hash as 20 bytes; zeros where there is none.</summary>
    public void CopyInfoHash(Span<byte> bytes)
    {
        var (high, low) = _infoHash.GetValueOrDefault();
        BinaryPrimitives.WriteUInt128BigEndian(bytes, high);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], low);
    }

    /// <summary>True if there is a torrent.</summary>
    public bool HasInfoHash => _infoHash is not null;

    private static string Checked(string hex, int digits) =>
        hex.Length == digits ? hex : throw new FormatException($"\"{hex}\" has {hex.Length} characters, expected {digits} hex digits");

    private static UInt128 Number(ReadOnlySpan<char> hex) => UInt128.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static string Hex(UInt128 number) => number.ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>Digests in JSON: an object of four texts in hex.</summary>
internal sealed class ImageDigestsConverter : JsonConverter<ImageDigests>
{
    public override ImageDigests Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var json = JsonDocument.ParseValue(ref reader);
        string Text(string name) => json.RootElement.GetProperty(name).GetString() ?? "";
        try
        {
            return new ImageDigests(
                Text(nameof(ImageDigests.TailMd5)), Text(nameof(ImageDigests.FullMd5)), Text(nameof(ImageDigests.Sha256)), Text(nameof(ImageDigests.InfoHash)));
        }
        catch (Exception e) when (e is FormatException or KeyNotFoundException or InvalidOperationException)
        {
            throw new JsonException($"These are no digests: {e.Message}", e);
        }
    }

    public override void Write(Utf8JsonWriter writer, ImageDigests value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString(nameof(ImageDigests.TailMd5), value.TailMd5);
        writer.WriteString(nameof(ImageDigests.FullMd5), value.FullMd5);
        writer.WriteString(nameof(ImageDigests.Sha256), value.Sha256);
        writer.WriteString(nameof(ImageDigests.InfoHash), value.InfoHash);
        writer.WriteEndObject();
    }
}
