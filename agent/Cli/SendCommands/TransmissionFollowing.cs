using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.SendCommands;

/// <summary>Waits for the end of transmissions, and shows how far they are.</summary>
/// <param name="session">The agent, and the form of the answer.</param>
/// <param name="cancelsOnInterrupt">Whether Ctrl-C ends the transmission too.</param>
internal sealed class TransmissionFollowing(AgentSession session, bool cancelsOnInterrupt)
{
    private static readonly TimeSpan CancelLimit = TimeSpan.FromSeconds(30);

    /// <summary>Waits until a transmission has ended, or that is enough.</summary>
    /// <returns>The exit code: success if every client has got the image.</returns>
    public async Task<int> UntilEndAsync(string id, Predicate<TransmissionResponse> isEnough, CancellationToken cancellation)
    {
        var path = ApiPath.Of("transmissions", id);
        try
        {
            var last = await ProgressView.ShowAsync(session.IsJson, progress => new Follower(session.Agent, TimeProvider.System).UntilAsync(
                path, ApiJson.Readable.TransmissionResponse, transmission => Look(transmission, progress) || isEnough(transmission), cancellation));
            session.Print(last, ApiJson.Readable.TransmissionResponse, TransmissionText.Print);
            var read = last.Read(ApiJson.Readable.TransmissionResponse);
            return isEnough(read) || read is { State: "done", Problem: null } ? ExitCode.Done : ExitCode.No;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await InterruptAsync(id, path);
            throw;
        }
    }

    private static bool Look(TransmissionResponse transmission, IProgress<ProgressStep> progress)
    {
        progress.Report(TransmissionText.Step(transmission));
        return TransmissionText.HasEnded(transmission);
    }

    private async Task InterruptAsync(string id, string path)
    {
        if (!cancelsOnInterrupt)
        {
            Output.Tell(
                $"Transmission {id} goes on: \"ogrepo-agent transmissions watch {id}\" shows it, \"ogrepo-agent transmissions cancel {id}\" ends it.");
            return;
        }
        using var limit = new CancellationTokenSource(CancelLimit);
        var cancelled = (await session.Agent.SendAsync(HttpMethod.Delete, path, limit.Token)).Read(ApiJson.Readable.TransmissionResponse);
        Output.Tell($"Transmission {id} is {cancelled.State}.");
    }
}
