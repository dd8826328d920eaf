using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Agent.Api;
using Microsoft.Net.Http.Headers;

namespace Agent.Web;

/// <summary>
/// The status page, one answer with everything in it. Its parts lie in the binary and are put together when somebody asks: that is seldom, and
/// in between it costs no memory.
/// </summary>
internal static class StatusPage
{
    private const string StylePlace = "/* style */";
    private const string ScriptPlace = "/* script */";

    /// <summary>The scripts, which are one module together, in the order in which they need each other.</summary>
    private static readonly string[] Scripts =
    [
        "words", "parts", "dialogs", "talk", "lists", "live", "overview", "images", "image", "sending", "transfers", "transmissions", "jobs", "trash", "remotes",
        "repository", "main",
    ];

    /// <summary>Sends the page, or 304 to who has it.</summary>
    public static IResult Send(HttpRequest request, HttpResponse response)
    {
        var (page, policy) = Assemble();
        var headers = response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        // Weak, for it is the same compressed and not.
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(page).AsSpan(0, 16))}\"", isWeak: true);
        if (!ContentEncodings.TakesGzip(request))
            return TypedResults.Bytes(page, ContentType, entityTag: tag);
        headers.ContentEncoding = ContentEncodings.Gzip;
        return TypedResults.Bytes(Compress(page), ContentType, entityTag: tag);
    }

    /// <summary>Its content type.</summary>
    public const string ContentType = "text/html; charset=utf-8";

    private static (byte[] Page, string Policy) Assemble()
    {
        var style = Read("page.css");
        var script = string.Concat(Scripts.Select(name => Read($"{name}.js")));
        var page = Read("page.html").Replace(StylePlace, style, StringComparison.Ordinal).Replace(ScriptPlace, script, StringComparison.Ordinal);
        return (Encoding.UTF8.GetBytes(page), PolicyOf(style, script));
    }

    /// <summary>
    /// Nothing but this very style and script, which talk to this agent alone; and no text becomes markup or script, whatever a file is called
    /// (Content Security Policy 3, Trusted Types).
    /// </summary>
    private static string PolicyOf(string style, string script) =>
        $"default-src 'none'; style-src {Hash(style)}; script-src {Hash(script)}; connect-src 'self'; img-src data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    private static string Read(string part)
    {
        using var reader = new StreamReader(typeof(StatusPage).Assembly.GetManifestResourceStream($"page/{part}")!, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static byte[] Compress(byte[] page)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(page);
        return compressed.ToArray();
    }
}
