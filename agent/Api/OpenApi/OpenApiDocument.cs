using System.IO.Compression;
using Microsoft.Net.Http.Headers;

namespace Agent.Api.OpenApi;

/// <summary>
/// Answers <c>/openapi.json</c>. The document is made by the tests from the routes' own metadata and lies in the binary, compressed: making it
/// at run time would cost memory all the time for something that changes only with the program.
/// </summary>
public static class OpenApiDocument
{
    /// <summary>Its content type.</summary>
    public const string ContentType = "application/json";

    private const string Resource = "openapi.json.gz";

    /// <summary>Sends the document, as it lies there to those who take it so.</summary>
    public static IResult Send(HttpRequest request, HttpResponse response)
    {
        var document = typeof(OpenApiDocument).Assembly.GetManifestResourceStream(Resource)!;
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (!ContentEncodings.TakesGzip(request))
            return TypedResults.Stream(new GZipStream(document, CompressionMode.Decompress), ContentType);
        response.Headers.ContentEncoding = ContentEncodings.Gzip;
        return TypedResults.Stream(document, ContentType);
    }
}
