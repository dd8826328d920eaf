using Agent.Common;

namespace Agent.Configuration;

/// <summary><c>[indexing]</c>: how digests come about.</summary>
public sealed record IndexingOptions
{
    /// <summary>
    /// Whether sums and torrents that are there when an image is first seen, and are not older than it, are believed without reading the
    /// image. Saves hours on a large existing repository; every image is verified later, in the background.
    /// </summary>
    public bool TrustExisting { get; init; }

    /// <summary>Most that indexing and checks together read in a second; null: no limit.</summary>
    public Rate? RateLimit { get; init; }

    /// <summary>Images that are read at once from a spinning disk, where each further one costs a seek for every block.</summary>
    public int RotationalStreams { get; init; } = 1;

    /// <summary>Images that are read at once from a disk without moving parts.</summary>
    public int SolidStateStreams { get; init; } = 16;

    /// <summary>Images that are read at once from network storage, virtual disks, and what nothing is known of.</summary>
    public int OtherStreams { get; init; } = 4;

    internal static IndexingOptions Bind(OptionSection section)
    {
        var defaults = new IndexingOptions();
        return new IndexingOptions
        {
            TrustExisting = section.Boolean("trust_existing", defaults.TrustExisting),
            RateLimit = section.Text("rate_limit", defaults.RateLimit, OptionValues.TryRateLimit, $"{Rate.Expected}, or unlimited"),
            RotationalStreams = section.Integer("rotational_streams", defaults.RotationalStreams, 1, 64),
            SolidStateStreams = section.Integer("solid_state_streams", defaults.SolidStateStreams, 1, 64),
            OtherStreams = section.Integer("other_streams", defaults.OtherStreams, 1, 64),
        };
    }
}
