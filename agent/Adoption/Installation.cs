using System.Text.Json;
using Agent.Configuration;

namespace Agent.Adoption;

/// <summary>An OpenGnsys repository server, as it is found.</summary>
/// <param name="Images">Its image directory.</param>
/// <param name="Found">Images in that directory.</param>
/// <param name="Listed">Images that its <c>repoinfo.json</c> lists; null where there is none that can be read.</param>
/// <param name="Address">Its <c>IPlocal</c>; null where there is none.</param>
/// <param name="HasToken">Whether it has an <c>ApiToken</c>.</param>
public sealed record Installation(string Images, int Found, int? Listed, string? Address, bool HasToken)
{
    /// <summary>Where OpenGnsys is installed.</summary>
    public const string Base = "/opt/opengnsys";

    /// <summary>Where its images are.</summary>
    public const string ImageDirectory = $"{Base}/images";

    /// <summary>Where deleted images go.</summary>
    public const string TrashDirectory = $"{Base}/images_trash";

    /// <summary>Where its configuration and its catalogue are.</summary>
    public const string Etc = $"{Base}/etc";

    /// <summary>Its catalogue.</summary>
    public const string Repoinfo = $"{Etc}/repoinfo.json";

    /// <summary>Its configuration.</summary>
    public const string Configuration = $"{Etc}/ogAdmRepo.cfg";

    /// <summary>Where its web console puts delete marks.</summary>
    public const string DeleteMarks = $"{Base}/www/tmp";

    /// <summary>Looks for one; null where neither its configuration nor its images are there.</summary>
    /// <exception cref="IOException">Something cannot be read.</exception>
    public static Installation? Find(ServerRoot root)
    {
        var hasImages = Directory.Exists(root.At(ImageDirectory));
        var hasConfiguration = File.Exists(root.At(Configuration));
        if (!hasImages || (!hasConfiguration && !File.Exists(root.At(Repoinfo))))
            return null;
        var assignments = hasConfiguration ? OpenGnsysConfig.Assignments(File.ReadLines(root.At(Configuration))) : [];
        return new Installation(
            ImageDirectory,
            new Agent.Images.ImageDirectory(root.At(ImageDirectory)).List().Images.Count,
            ListedIn(root.At(Repoinfo)),
            assignments.GetValueOrDefault("IPlocal"),
            assignments.GetValueOrDefault("ApiToken") is { Length: > 0 });
    }

    private static int? ListedIn(string repoinfo)
    {
        try
        {
            return File.Exists(repoinfo) ? Agent.Images.Repoinfo.Read(File.ReadAllBytes(repoinfo)).Count : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
