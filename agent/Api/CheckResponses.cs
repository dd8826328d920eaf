using System.ComponentModel.DataAnnotations;

namespace Agent.Api;

/// <summary>A body that names an image to check.</summary>
/// <param name="Image">The image, with extension, with or without path.</param>
/// <param name="Full">Whether the MD5s are taken again too, and not only the pieces verified.</param>
public sealed record CheckRequest(string? Image, bool Full = false);

/// <summary>What a check of an image found.</summary>
/// <param name="Success">Always true: the check was made.</param>
/// <param name="Result"><c>OK</c>, or <c>KO</c> for an image that is not what its sums and its torrent say.</param>
/// <param name="Image">Path of the image.</param>
/// <param name="Problems">Each fault in a sentence.</param>
/// <param name="BadPieces">Parts that are not what the torrent says.</param>
/// <param name="Sum">MD5 of the last 1 MiB as it is.</param>
/// <param name="Fullsum">MD5 of the whole file as it is; absent where it was not taken again and is not proved by the pieces.</param>
/// <param name="Sha256">SHA-256 of the whole file as it is; absent as that.</param>
/// <param name="State">
/// <c>good</c>, <c>damaged</c> (bytes differ although nobody wrote to the file), or <c>changed</c> (somebody wrote to it; it is indexed anew).
/// </param>
/// <param name="Change">What was done to a changed file: <c>truncated</c>, <c>grown</c>, <c>replaced</c> or <c>rewritten</c>.</param>
/// <param name="Sidecars">Endings of the sidecars that are missing or wrong.</param>
/// <param name="LastGood">When the image was last found good; absent where it never was.</param>
/// <param name="Full">Whether the MD5s were taken again.</param>
public sealed record CheckResponse(
    bool Success,
    [property: AllowedValues("OK", "KO")] string Result,
    string Image,
    IReadOnlyList<string> Problems,
    IReadOnlyList<BadPieceResponse> BadPieces,
    string? Sum,
    string? Fullsum,
    string? Sha256,
    [property: AllowedValues("good", "damaged", "changed")] string State,
    [property: AllowedValues("truncated", "grown", "replaced", "rewritten")] string? Change,
    IReadOnlyList<string> Sidecars,
    DateTimeOffset? LastGood,
    bool Full);

/// <summary>A part of an image that is not what its torrent says.</summary>
/// <param name="Index">Number of the piece, from 0.</param>
/// <param name="First">Its first byte.</param>
/// <param name="Last">Its last byte.</param>
public sealed record BadPieceResponse(int Index, long First, long Last);
