namespace Agent.Configuration;

/// <summary><c>[indexing]</c>: how digests come about.</summary>
public sealed record IndexingOptions
{
    /// <summary>
    /// Whether sums and torrents that are there at the first start, and are not older than their image, are believed without reading the
    /// image. Saves hours on a large existing repository; a sidecar that was wrong stays wrong until its image is checked.
    /// </summary>
    public bool TrustExisting { get; init; }

    internal static IndexingOptions Bind(OptionSection section) =>
        new() { TrustExisting = section.Boolean("trust_existing", new IndexingOptions().TrustExisting) };
}
