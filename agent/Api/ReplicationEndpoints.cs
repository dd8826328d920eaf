using Agent.Api.OpenApi;

namespace Agent.Api;

/// <summary>
/// Import from and export to other repositories, which the agent cannot do yet and says so. The production successor's <c>PUT /repo/images</c> is no
/// export, but a copy to any ssh server, and so is left out, as is its conversion of virtual disks (<c>POST /images/virtual</c>).
/// </summary>
public static class ReplicationEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapReplication(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/images/import-image", (Delegate)ImportAsync).WithSummary("Imports an image from another repository.").IsImport();
        routes.MapPost("/repo/images", (Delegate)ImportAsync).WithSummary("The same under the name that the production successor gives it.").IsImport();
        routes.MapPost("/images/export-image", ExportAsync)
            .WithSummary("Exports an image to another repository.")
            .WithBody<ExportRequest>("repo", "image")
            .NamesImage()
            .Refuses(StatusCodes.Status501NotImplemented, "not_yet");
    }

    private static void IsImport(this RouteHandlerBuilder route) =>
        route.WithBody<ImportRequest>("repo", "image").Refuses(StatusCodes.Status501NotImplemented, "not_yet");

    private static async Task<IResult> ImportAsync(HttpContext context)
    {
        var request = await RequestBody.ReadAsync(context, ApiJson.Readable.ImportRequest);
        RefuseMissing(request.Repo, "repo");
        RefuseMissing(request.Image, "image");
        throw NotYet();
    }

    private static async Task<IResult> ExportAsync(HttpContext context, ImageReference reference)
    {
        var request = await RequestBody.ReadAsync(context, ApiJson.Readable.ExportRequest);
        RefuseMissing(request.Repo, "repo");
        _ = reference.OfBody(request.Image);
        throw NotYet();
    }

    private static void RefuseMissing(string? value, string field)
    {
        if (string.IsNullOrEmpty(value))
            throw new ApiException("field_missing", $"The field \"{field}\" is missing.");
    }

    private static ApiException NotYet() => new(
        "not_yet", "Images cannot be imported from or exported to other repositories yet.", StatusCodes.Status501NotImplemented);
}
