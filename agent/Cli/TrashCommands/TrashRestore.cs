using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;

namespace Agent.Cli.TrashCommands;

/// <summary>Restoring, which goes by two names: <c>images restore</c> and <c>trash restore</c>.</summary>
internal static class TrashRestore
{
    public static Argument<string> CreateArgument() =>
        new("IMAGE|ID") { Description = "The image that was deleted, or its id in the trash where several had that name." };

    /// <summary>Asks for it: what is an id of the trash means that entry, anything else an image.</summary>
    public static async Task<AgentAnswer> RunAsync(AgentSession session, string asked, CancellationToken cancellation)
    {
        var trash = (await session.Agent.GetAsync(ApiPath.Of("trash/images"), cancellation)).Read(ApiJson.Readable.TrashResponse);
        var request = trash.Images.Any(entry => entry.Id == asked) ? new RestoreRequest(asked, null) : new RestoreRequest(null, asked);
        return await session.Agent.SendAsync(HttpMethod.Post, ApiPath.Of("trash/images"), request, ApiJson.Readable.RestoreRequest, cancellation);
    }
}
