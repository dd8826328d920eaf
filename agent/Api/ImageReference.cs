using Agent.Images;

namespace Agent.Api;

/// <summary>Finds the image that a request names. Never guesses, and never looks outside the catalogue.</summary>
public sealed class ImageReference(Catalogue catalogue, ImageDirectory directory)
{
    /// <summary>The image of a body: with extension, without path, with its OU, or with its absolute path.</summary>
    /// <exception cref="ApiException">The name is missing, ambiguous, or there is no such image.</exception>
    public Image OfBody(string? name)
    {
        if (string.IsNullOrEmpty(name))
            throw new ApiException("field_missing", "The field \"image\" is missing: give the name of the image with extension, \"Windows10.img\".");
        return Only(name, ImageLookup.Find(catalogue.Current, null, Relative(name)));
    }

    /// <summary>The image of a route.</summary>
    /// <exception cref="ApiException">As for <see cref="OfBody"/>.</exception>
    public Image OfRoute(string? ou, string name) => Only(ou is null ? name : $"{ou}/{name}", ImageLookup.Find(catalogue.Current, ou, name));

    /// <summary>The answer to a name that fits no image, or several.</summary>
    public static ApiException Refusal(string name, LookupResult found) => found.Candidates.Count == 0
        ? new ApiException("image_not_found", $"There is no image \"{name}\". GET /ogrepository/v1/images lists them.")
        : new ApiException(
            "image_ambiguous",
            $"\"{name}\" may be any of {string.Join(", ", found.Candidates.Select(image => $"\"{image.Id}\""))}: give extension and OU.");

    private static Image Only(string name, LookupResult found) => found.Only ?? throw Refusal(name, found);

    private string Relative(string name)
    {
        foreach (var root in new[] { directory.Configured, directory.Root })
        {
            if (name.StartsWith(root.TrimEnd('/') + '/', StringComparison.Ordinal))
                return name[(root.TrimEnd('/').Length + 1)..];
        }
        return name;
    }
}
