using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Durability;

/// <summary>One content that an image has had, and what must stand in the sidecars that belong to it.</summary>
[SuppressMessage("Security", "CA5350", Justification = "BEP 3 names SHA-1.")]
[SuppressMessage("Security", "CA5351", Justification = "OpenGnsys' sums are MD5.")]
internal sealed record Version(string Sum, string FullSum, string InfoHash, int Length)
{
    private const int Tail = 1024 * 1024;

    public static Version Of(string fileName, byte[] content) => new(
        Convert.ToHexStringLower(MD5.HashData(content.AsSpan(Math.Max(0, content.Length - Tail)))),
        Convert.ToHexStringLower(MD5.HashData(content)),
        Convert.ToHexStringLower(SHA1.HashData(Info(fileName, content))),
        content.Length);

    /// <summary>The <c>info</c> of a torrent of one file, keys in their order (BEP 3).</summary>
    private static byte[] Info(string fileName, byte[] content)
    {
        var pieces = Torrent.PiecesOf(content);
        var name = Encoding.UTF8.GetByteCount(fileName).ToString(CultureInfo.InvariantCulture);
        var head = $"d6:lengthi{content.Length}e4:name{name}:{fileName}12:piece lengthi4194304e6:pieces{pieces.Length}:";
        return [.. Encoding.UTF8.GetBytes(head), .. pieces, (byte)'e'];
    }
}
