using System.Security.Cryptography;
using System.Text;
using Agent.Images;

namespace Agent.Replication.Legacy;

/// <summary>
/// What an image is called at a legacy server while it is on its way there: a hidden file in the directory where it will be. The name is that of this
/// image with this content, so that what an earlier try wrote is gone on with, and nothing else ever is.
/// </summary>
/// <param name="Image">What it will be called there.</param>
/// <param name="FullMd5">MD5 of its content.</param>
public sealed record RemotePartial(ImageId Image, string FullMd5)
{
    private readonly string _mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Image.RelativePath}\n{FullMd5}")))[..32];

    /// <summary>Its path in the image directory; short, for the longest name of an image leaves no room for an ending.</summary>
    public string Path => $"{(Image.Ou is null ? "" : $"{Image.Ou}/")}.{_mark}.ogrepo-part";

    /// <summary>What stands in the lock of the image: whoever goes on with this content takes the lock over.</summary>
    public string LockText => $"ogrepo-agent brings {_mark}";
}
