using Agent.Replication.Arriving;
using Agent.Replication.Remotes;

namespace Agent.Replication.Importing;

/// <summary>What is to be imported.</summary>
/// <param name="Image">The image there: name with or without OU and extension.</param>
public sealed record ImportOrder(string Image)
{
    /// <summary>Organisational unit that it comes into; empty for none; null for the one that it has there.</summary>
    public string? Ou { get; init; }

    /// <summary>What becomes of an image of that name.</summary>
    public ExistingImage Existing { get; init; }

    /// <summary>What the repository that has it said of it when it asked for the import; null where it is to be asked.</summary>
    public RemoteImage? Offer { get; init; }

    /// <summary>Others are asked to fetch the same at the same time: they are waited for a moment, so that each fetches something else from the start.</summary>
    public bool IsSpread { get; init; }

    /// <summary>Who imports, as the end of a sentence.</summary>
    public required string By { get; init; }
}

/// <summary>What came of an import.</summary>
/// <param name="Image">Path of the image here.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Fetched">Bytes that came over the network, in all tries of this run.</param>
/// <param name="Wasted">Of these, what was of no use: wrong, or there already.</param>
/// <param name="Zeros">Bytes of whole pieces of zeros, which cost nothing.</param>
/// <param name="Local">Bytes taken from older versions and copies on this server.</param>
/// <param name="Resumed">Bytes that earlier runs had brought.</param>
/// <param name="Packed">Bytes that came, but not over the network, because raw data is packed on the way.</param>
/// <param name="Uploaded">Bytes given to others that were fetching the same image meanwhile.</param>
/// <param name="Sources">Who gave how much.</param>
public sealed record ImportOutcome(
    string Image, long Size, long Fetched, long Wasted, long Zeros, long Local, long Resumed, long Packed, long Uploaded, IReadOnlyList<ImportSource> Sources);

/// <summary>One who gave data.</summary>
/// <param name="Name">URL, or address and port of a peer.</param>
/// <param name="Bytes">How much.</param>
public sealed record ImportSource(string Name, long Bytes);
