using Agent.Configuration;
using Agent.Images;
using Agent.Jobs;
using Agent.Replication.Legacy;

namespace Agent.Api;

/// <summary>Asks for images to be brought from and to legacy servers, which have no agent.</summary>
internal static class LegacyTransfers
{
    /// <summary>The kind of a job that imports from a legacy server.</summary>
    public const string ImportKind = "import-legacy";

    /// <summary>The kind of a job that exports to one.</summary>
    public const string ExportKind = "export-legacy";

    /// <summary>Asks for an import, and waits for it as long as the client likes to. What would only fail the job is told at once.</summary>
    public static async Task<Job> ImportAsync(LegacyServer server, ImportRequest request, string existing, HttpContext context, JobQueue queue)
    {
        var id = await server.FindAsync(request.Image!, context.RequestAborted);
        await server.ReadyAsync(id, context.RequestAborted);
        return await RunAsync(ImportKind, new LegacyTransferParameters($"{server.Target}", id.RelativePath, OuOf(request.Ou), existing), context, queue);
    }

    /// <summary>Asks for an export.</summary>
    /// <inheritdoc cref="ImportAsync"/>
    public static async Task<Job> ExportAsync(LegacyServer server, Image image, ExportRequest request, string existing, HttpContext context, JobQueue queue)
    {
        var parameters = new LegacyTransferParameters($"{server.Target}", image.Id.RelativePath, OuOf(request.Ou), existing);
        await server.TryDescribeAsync(image.Id, context.RequestAborted);
        return await RunAsync(ExportKind, parameters, context, queue);
    }

    private static Task<Job> RunAsync(string kind, LegacyTransferParameters parameters, HttpContext context, JobQueue queue) =>
        CheckEndpoints.RunAsync(() => queue.Enqueue(kind, parameters, ApiJson.Readable.LegacyTransferParameters), context, queue);

    private static string? OuOf(string? ou) => string.IsNullOrEmpty(ou) || (ImageId.TryParseDirectory(ou, out var plain) && plain.Ou is null)
        ? ou
        : throw new ApiException("parameter_invalid", $"ou \"{ou}\" is no organisational unit, which is the name of one directory.");
}

/// <summary>What a job that imports from or exports to a legacy server has to do.</summary>
/// <param name="Server">The server, as <see cref="SshDestination"/> reads it.</param>
/// <param name="Image">Path of the image where it is.</param>
/// <param name="Ou">As in <see cref="ImportRequest"/> and <see cref="ExportRequest"/>.</param>
/// <param name="Existing"><c>backup</c> or <c>refuse</c>.</param>
public sealed record LegacyTransferParameters(string Server, string Image, string? Ou, string Existing);
