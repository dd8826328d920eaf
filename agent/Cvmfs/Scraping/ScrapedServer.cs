using System.Text.Json.Serialization;

namespace Agent.Cvmfs.Scraping;

/// <summary>One server as it was found. The names of the fields are those of the scraper that dashboards and scripts know.</summary>
public sealed record ScrapedServer
{
    /// <summary>As it was asked for: <c>HOST</c> or <c>HOST:PORT</c>.</summary>
    public required string Name { get; init; }

    /// <summary>0 for a server of own repositories, 1 for one of copies; absent where it cannot be told.</summary>
    public required int? ServerType { get; init; }

    /// <summary>Where it keeps its files: <c>CVMFS</c>, or <c>S3</c> for a stratum 1 without a list of repositories.</summary>
    public string Backend { get; init; } = "CVMFS";

    /// <summary>Whether its list of repositories could not be had.</summary>
    public required bool IsDown { get; init; }

    /// <summary>How it answers which server is near: 0 as expected, 1 in another order, 2 not at all, 9 it has no repository to ask about, 99 not asked.</summary>
    public required GeoApiStatus GeoapiStatus { get; init; }

    /// <summary>The order that was expected.</summary>
    public required IReadOnlyList<int> GeoapiOrder { get; init; }

    /// <summary>The repositories, by name.</summary>
    public required IReadOnlyList<ScrapedRepository> Repositories { get; init; }

    /// <summary>Names that were looked at whatever the server lists.</summary>
    public required IReadOnlyList<string> ForcedRepositories { get; init; }

    /// <summary>Names that were not looked at.</summary>
    public required IReadOnlyList<string> IgnoredRepositories { get; init; }

    /// <summary>What the server says of itself: <c>schema_version</c>, <c>last_geodb_update</c>, <c>cvmfs_version</c>, <c>os_id</c> and so on.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>What went wrong with the server itself.</summary>
    public required IReadOnlyList<FetchError> FetchErrors { get; init; }

    /// <summary>The worst of itself and its repositories: <c>ok</c>, <c>behind</c>, <c>stale</c>, <c>broken</c>.</summary>
    public string Verdict { get; init; } = Verdicts.Ok;
}

/// <summary>One repository on one server. Fields that could not be read are absent; <see cref="FetchErrors"/> says why.</summary>
public sealed record ScrapedRepository
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The server it is on.</summary>
    public required string Server { get; init; }

    /// <summary>Where on the server it is; the URL is <c>http://</c>, the server and this.</summary>
    public required string Path { get; init; }

    /// <summary>When objects of old revisions were last removed.</summary>
    public DateTimeOffset? LastGc { get; init; }

    /// <summary>When a copy was last in step with what it copies.</summary>
    public DateTimeOffset? LastSnapshot { get; init; }

    /// <summary>Whether objects are also there under other names (A).</summary>
    public bool? AlternativeName { get; init; }

    /// <summary>The name that it gives itself (N).</summary>
    public string? FullName { get; init; }

    /// <summary>Whether old objects can be removed (G).</summary>
    public bool? IsGarbageCollectable { get; init; }

    /// <summary>Hash of what it says of itself (M).</summary>
    public string? MetadataCryptographicHash { get; init; }

    /// <summary>Hash of the micro catalogues (L), which nobody writes. The name is misspelt where it is documented, and so here.</summary>
    public string? MicroCataogues { get; init; }

    /// <summary>Hash of the list of all root objects (Y).</summary>
    public string? ReflogChecksumCryptographicHash { get; init; }

    /// <summary>Revision (S); 0 where it could not be read.</summary>
    public long Revision { get; init; }

    /// <summary>When that revision was published (T).</summary>
    public DateTimeOffset? RevisionTimestamp { get; init; }

    /// <summary>Seconds until clients look again (D).</summary>
    public long? RootCatalogueTtl { get; init; }

    /// <summary>Hash of the root catalogue (C).</summary>
    public string? RootCryptographicHash { get; init; }

    /// <summary>Size of the root catalogue in bytes, uncompressed (B).</summary>
    public long? RootSize { get; init; }

    /// <summary>Hash of the path of the root (R).</summary>
    public string? RootPathHash { get; init; }

    /// <summary>The signature at the end of the manifest, in base 64.</summary>
    public string? Signature { get; init; }

    /// <summary>Hash of the certificate (X).</summary>
    public string? SigningCertificateCryptographicHash { get; init; }

    /// <summary>Hash of the tag database (H).</summary>
    public string? TagHistoryCryptographicHash { get; init; }

    /// <summary>What went wrong.</summary>
    public required IReadOnlyList<FetchError> FetchErrors { get; init; }

    /// <summary>Whether the signatures hold; absent where that was not asked for.</summary>
    public bool? IsVerified { get; init; }

    /// <summary>Revisions that its stratum 0 has and it has not; absent where no stratum 0 was scraped that has it.</summary>
    public long? RevisionsBehind { get; init; }

    /// <summary>Time in seconds between its revision and that of its stratum 0; absent as <see cref="RevisionsBehind"/>.</summary>
    public long? SecondsBehind { get; init; }

    /// <summary><c>ok</c>, <c>behind</c>, <c>stale</c> or <c>broken</c>.</summary>
    public string Verdict { get; init; } = Verdicts.Ok;

    /// <summary>True where the manifest told all that readers need.</summary>
    [JsonIgnore]
    public bool HasManifest { get; init; }
}

/// <summary>Something that went wrong.</summary>
/// <param name="Path">What was asked for.</param>
/// <param name="Field">The field of it that is wrong; absent where all of it is.</param>
/// <param name="Error">What is wrong, with the value and what was expected.</param>
public sealed record FetchError(string Path, string? Field, string Error);

/// <summary>How a server answers which server is near; the numbers are part of the interface.</summary>
public enum GeoApiStatus
{
    /// <summary>As expected, or there is nothing to ask.</summary>
    Ok = 0,

    /// <summary>In another order.</summary>
    LocationError = 1,

    /// <summary>No answer, or none that is an order.</summary>
    NoResponse = 2,

    /// <summary>The server has no repository to ask about.</summary>
    NotFound = 9,

    /// <summary>It was not asked.</summary>
    NotYetTested = 99,
}
