using Microsoft.AspNetCore.Http.HttpResults;

namespace Agent.Api;

/// <summary>Something was carried out.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Output">What was done, in a sentence.</param>
/// <param name="Image">The image it was done to, as path relative to the image directory.</param>
/// <param name="TrashId">The entry of the trash by which it can be restored.</param>
public sealed record DoneResponse(bool Success, string Output, string? Image = null, string? TrashId = null)
{
    /// <summary>The answer.</summary>
    public static JsonHttpResult<DoneResponse> Result(string output, string? image = null, string? trashId = null) =>
        TypedResults.Json(new DoneResponse(true, output, image, trashId), ApiJson.Readable.DoneResponse);
}
