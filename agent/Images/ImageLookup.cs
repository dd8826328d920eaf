namespace Agent.Images;

/// <summary>Finds the image that somebody means by a name. Never guesses.</summary>
public static class ImageLookup
{
    /// <summary>
    /// The image of a name with or without OU, and with or without extension. A name with extension and without OU is the common image of
    /// that name if there is one.
    /// </summary>
    /// <param name="snapshot">Where to look.</param>
    /// <param name="ou">The OU, if the name is known to be in one; null where the name may be in any or has it as <c>OU/NAME</c>.</param>
    /// <param name="name">The name.</param>
    public static LookupResult Find(CatalogueSnapshot snapshot, string? ou, string name)
    {
        var path = ou is null ? name : $"{ou}/{name}";
        if (ImageId.TryParse(path, out var exact) && snapshot.Find(exact) is { } image)
            return new LookupResult([image]);
        var slash = path.IndexOf('/');
        var wantedOu = slash < 0 ? null : path[..slash];
        var wanted = path[(slash + 1)..];
        return new LookupResult(snapshot.Images.Where(candidate =>
            (slash < 0 || candidate.Id.Ou == wantedOu) && (candidate.Id.Name == wanted || candidate.Id.FileName == wanted)).ToList());
    }
}

/// <summary>What a name stands for.</summary>
/// <param name="Candidates">None: there is no such image. One: that is it. More: the name is ambiguous.</param>
public sealed record LookupResult(IReadOnlyList<Image> Candidates)
{
    /// <summary>The image; null where there is none, or more than one.</summary>
    public Image? Only => Candidates.Count == 1 ? Candidates[0] : null;
}
