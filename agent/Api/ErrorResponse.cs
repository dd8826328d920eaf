using Microsoft.AspNetCore.Http.HttpResults;

namespace Agent.Api;

/// <summary>What every request that was not carried out is answered with.</summary>
/// <param name="Success">Always false.</param>
/// <param name="Error">What was wrong, and what would be right.</param>
/// <param name="Code">The same for programs: <c>image_not_found</c>.</param>
public sealed record ErrorResponse(bool Success, string Error, string Code)
{
    /// <summary>An error answer.</summary>
    public static JsonHttpResult<ErrorResponse> Result(int status, string code, string error) =>
        TypedResults.Json(new ErrorResponse(false, error, code), ApiJson.Readable.ErrorResponse, statusCode: status);
}
