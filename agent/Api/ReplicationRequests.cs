using System.ComponentModel.DataAnnotations;
using Agent.Images;
using Agent.Replication.Globals;
using Agent.Replication.Importing;
using Agent.Replication.Remotes;

namespace Agent.Api;

/// <summary>Body of <c>POST /images/import-image</c>.</summary>
public sealed record ImportRequest
{
    /// <summary>User of the other repository, for one that is reached by ssh.</summary>
    public string? User { get; init; }

    /// <summary>The other repository: name of a <c>[[remote]]</c> of the configuration, address or host name, with a port or not, or URL of its agent.</summary>
    public string? Repo { get; init; }

    /// <summary>The image there, with or without extension, with its OU as <c>OU/NAME</c>.</summary>
    public string? Image { get; init; }

    /// <summary>Organisational unit that it comes into; empty for an image that all may use; where not given, the one that it has there.</summary>
    public string? Ou { get; init; }

    /// <summary>What becomes of an image of that name: <c>backup</c>, which is meant where nothing is said, keeps it as <c>.ant</c>; <c>refuse</c> keeps it as it is.</summary>
    [AllowedValues("backup", "refuse", null)]
    public string? Existing { get; init; }

    /// <summary>Key of the other agent's API, where the configuration has none for it. Never logged, and shown to nobody.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Whether other repositories are told at the same time to import the same image: then it waits for them for a moment, so that each fetches something else from the start. Without it too, those that find each other spare the one that has the image.</summary>
    public bool Spread { get; init; }

    /// <summary>What the other repository says of the image, if it is that one that asks: it need not be asked then.</summary>
    public RemoteImage? Offer { get; init; }
}

/// <summary>Body of <c>POST /images/export-image</c>.</summary>
public sealed record ExportRequest
{
    /// <summary>The other repository: name of a <c>[[remote]]</c> of the configuration, address or host name, with a port or not, or URL of its agent.</summary>
    public string? Repo { get; init; }

    /// <summary>Organisational unit there; empty for an image that all may use; where not given, that of the <c>[[remote]]</c>, or the one that it has here.</summary>
    public string? Ou { get; init; }

    /// <summary>The image here, with or without extension.</summary>
    public string? Image { get; init; }

    /// <summary>As for an import.</summary>
    public string? User { get; init; }

    /// <summary>As for an import.</summary>
    [AllowedValues("backup", "refuse", null)]
    public string? Existing { get; init; }

    /// <summary>As for an import.</summary>
    public string? ApiKey { get; init; }
}

/// <summary>What an import job is to do.</summary>
/// <param name="Repo">As in <see cref="ImportRequest"/>.</param>
/// <param name="Image">The image there.</param>
/// <param name="Ou">As in <see cref="ImportRequest"/>.</param>
/// <param name="Existing"><c>backup</c> or <c>refuse</c>.</param>
/// <param name="KeptKey">By which the key that came with the request is found; never the key itself.</param>
/// <param name="Offer">As in <see cref="ImportRequest"/>.</param>
/// <param name="Spread">As in <see cref="ImportRequest"/>.</param>
public sealed record ImportParameters(
    string Repo, string Image, string? Ou, string Existing, string? KeptKey = null, RemoteImage? Offer = null, bool Spread = false);

/// <summary>What an export job is to do.</summary>
/// <param name="Repo">As in <see cref="ExportRequest"/>.</param>
/// <param name="Image">Path of the image here.</param>
/// <param name="Ou">As in <see cref="ExportRequest"/>.</param>
/// <param name="Existing"><c>backup</c> or <c>refuse</c>.</param>
/// <param name="KeptKey">By which the key that came with the request is found.</param>
public sealed record ExportParameters(string Repo, string Image, string? Ou, string Existing, string? KeptKey = null);

/// <summary>What came of an import.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Image">Path of the image here.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Fetched">Bytes that came over the network in the last run of the job.</param>
/// <param name="Wasted">Of these, what was of no use: wrong, or there already.</param>
/// <param name="Zeros">Bytes that cost nothing, because they are in pieces of zeros only.</param>
/// <param name="Local">Bytes taken from older versions and copies on this server.</param>
/// <param name="Resumed">Bytes that earlier runs had brought.</param>
/// <param name="Packed">Bytes by which the data that came was smaller on the way, because raw images are packed.</param>
/// <param name="Saved">Bytes of the image that this import did not have to fetch: zeros, local, resumed and packed together.</param>
/// <param name="Uploaded">Bytes given to others that were fetching the same image meanwhile.</param>
/// <param name="Sources">Who gave how much, most first.</param>
public sealed record ImportResponse(
    bool Success, string Image, long Size, long Fetched, long Wasted, long Zeros, long Local, long Resumed, long Packed, long Saved, long Uploaded, IReadOnlyList<ImportSource> Sources)
{
    /// <summary>The answer for an import.</summary>
    public static ImportResponse Of(ImportOutcome outcome) => new(
        true, outcome.Image, outcome.Size, outcome.Fetched, outcome.Wasted, outcome.Zeros, outcome.Local, outcome.Resumed, outcome.Packed,
        outcome.Zeros + outcome.Local + outcome.Resumed + outcome.Packed, outcome.Uploaded, outcome.Sources);
}

/// <summary>What came of an export.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Image">Path of the image here.</param>
/// <param name="Repo">The other repository.</param>
/// <param name="Job">The job there that fetched it; absent for a repository without an agent.</param>
/// <param name="Import">What that says of it; absent where it says nothing.</param>
/// <param name="There">Path of the image there, for a repository without an agent.</param>
/// <param name="Sent">Bytes that went there in the last run of the job, for a repository without an agent.</param>
public sealed record ExportResponse(
    bool Success, string Image, string Repo, string? Job, ImportResponse? Import, string? There = null, long? Sent = null);

/// <summary>The other repositories that the agent knows.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Remotes">In the order of the configuration.</param>
public sealed record RemoteListResponse(bool Success, IReadOnlyList<RemoteResponse> Remotes);

/// <summary>Another repository.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">URL of its agent, or ssh destination.</param>
/// <param name="Kind"><c>agent</c>, or <c>legacy</c> for one that is reached by ssh.</param>
/// <param name="HasKey">Whether a key for its API is known.</param>
/// <param name="State"><c>reachable</c>, or why it is not; absent for a legacy one, which is not asked.</param>
public sealed record RemoteResponse(string Name, string Address, [property: AllowedValues("agent", "legacy")] string Kind, bool HasKey, string? State);

/// <summary>The global images, and how each stands to every other repository.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Copies">One for each image and repository.</param>
public sealed record GlobalListResponse(bool Success, IReadOnlyList<GlobalCopyResponse> Copies);

/// <summary>How a global image and another repository stand to each other.</summary>
/// <param name="Image">Path of the image.</param>
/// <param name="Remote">Name of the repository.</param>
/// <param name="State"><c>conflict</c> where both have contents of their own: nothing is overwritten then.</param>
/// <param name="BytesDone">While it is copied: bytes that are there.</param>
/// <param name="BytesTotal">While it is copied: of so many.</param>
/// <param name="Reason">What is wrong, in a sentence.</param>
/// <param name="NextTry">When it is tried again.</param>
public sealed record GlobalCopyResponse(
    string Image,
    string Remote,
    [property: AllowedValues("waiting", "up_to_date", "copying", "newer_there", "conflict", "unreachable", "failed", "withdrawing")] string State,
    long? BytesDone,
    long? BytesTotal,
    string? Reason,
    DateTimeOffset? NextTry)
{
    /// <summary>The answer for one.</summary>
    public static GlobalCopyResponse Of(ImageId image, string remote, GlobalStatus status) =>
        new(image.RelativePath, remote, TextOf(status.State), status.BytesDone, status.BytesTotal, status.Reason, status.NextTry);

    private static string TextOf(GlobalState state) => state switch
    {
        GlobalState.UpToDate => "up_to_date",
        GlobalState.Copying => "copying",
        GlobalState.NewerThere => "newer_there",
        GlobalState.Conflict => "conflict",
        GlobalState.Unreachable => "unreachable",
        GlobalState.Failed => "failed",
        GlobalState.Withdrawing => "withdrawing",
        _ => "waiting",
    };
}
