using Agent.Images;
using Agent.Jobs;
using Agent.Replication.Exporting;
using Agent.Replication.Remotes;

namespace Agent.Replication.Globals;

/// <summary>What copies of global images need.</summary>
/// <param name="Catalogue">What is here.</param>
/// <param name="Book">The other repositories.</param>
/// <param name="Export">Copies.</param>
/// <param name="Ledger">What was in step before.</param>
/// <param name="Time">Clock.</param>
public sealed record GlobalParts(Catalogue Catalogue, RemoteBook Book, ImageExport Export, GlobalLedger Ledger, TimeProvider Time);

/// <summary>Keeps one global image in step with one other repository, until it is global no more and that repository knows it.</summary>
internal sealed class GlobalCopy(GlobalParts parts, ImageId id, string remote)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private volatile GlobalStatus _status = new(GlobalState.Waiting);
    private int _failures;

    /// <summary>How it stands.</summary>
    public GlobalStatus Status => _status;

    /// <summary>Keeps it in step.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            var snapshot = parts.Catalogue.Current;
            var image = snapshot.Find(id);
            if (image is null || parts.Book.Named(remote) is not { } there)
                return;
            var pause = await TryAsync(image, there, stopping);
            if (pause is null)
                return;
            await WaitAsync(image, pause.Value, stopping);
        }
    }

    /// <summary>Does what is to be done now.</summary>
    /// <returns>How long it will do; null where nothing is to be done any more.</returns>
    private async Task<TimeSpan?> TryAsync(Image image, Remote there, CancellationToken stopping)
    {
        try
        {
            using var agent = new RemoteAgent(there);
            var pause = image.Scope == ImageScope.Global ? await StepAsync(agent, image, stopping) : await WithdrawAsync(agent, stopping);
            _failures = 0;
            return pause;
        }
        catch (Exception e) when (e is RemoteException or JobFailedException or IOException or UnauthorizedAccessException)
        {
            var pause = PauseAfter(_failures++);
            var state = e is RemoteException { Fault: RemoteFault.Unreachable } ? GlobalState.Unreachable : GlobalState.Failed;
            _status = new GlobalStatus(state, Reason: e.Message, NextTry: parts.Time.GetUtcNow() + pause);
            return pause;
        }
    }

    private async Task<TimeSpan?> StepAsync(RemoteAgent agent, Image image, CancellationToken stopping)
    {
        if (image is not { IsLocked: false, Digests: { HasInfoHash: true } digests })
            return LookInterval;
        var found = await agent.TryFindAsync(id.RelativePath, stopping);
        if (found is { Locked: true } or { InfoHash: null })
            throw new RemoteException(RemoteFault.NotReady, $"\"{id}\" is locked or not indexed yet at repository \"{remote}\".");
        var common = parts.Ledger.Find(id, remote);
        switch (GlobalDecision.Of(digests.InfoHash, found?.InfoHash, common))
        {
            case GlobalStep.Copy:
                await CopyAsync(agent, image, "refuse", stopping);
                break;
            case GlobalStep.Replace:
                await CopyAsync(agent, image, "backup", stopping);
                break;
            case GlobalStep.Wait:
                _status = new GlobalStatus(GlobalState.NewerThere, Reason: $"\"{id}\" was changed at repository \"{remote}\", which brings it here if it knows this one");
                return LookInterval;
            case GlobalStep.Conflict:
                _status = new GlobalStatus(GlobalState.Conflict, Reason: $"\"{id}\" has another content at repository \"{remote}\"; delete or rename one of the two");
                return LookInterval;
            case GlobalStep.Nothing when common is null && found!.Scope != "global":
                await agent.SetScopeAsync(id.RelativePath, "global", stopping);
                break;
        }
        parts.Ledger.Note(id, remote, digests.InfoHash);
        _status = new GlobalStatus(GlobalState.UpToDate);
        return LookInterval;
    }

    private async Task CopyAsync(RemoteAgent agent, Image image, string existing, CancellationToken stopping)
    {
        _status = new GlobalStatus(GlobalState.Copying, 0, image.Stamp.Length);
        await parts.Export.RunAsync(
            agent, image, new ExportOrder(null, existing, IsSpread: parts.Book.Agents.Skip(1).Any()), (done, total) => _status = new GlobalStatus(GlobalState.Copying, done, total), _ => { }, stopping);
        await agent.SetScopeAsync(id.RelativePath, "global", stopping);
    }

    private async Task<TimeSpan?> WithdrawAsync(RemoteAgent agent, CancellationToken stopping)
    {
        _status = new GlobalStatus(GlobalState.Withdrawing);
        if (await agent.TryFindAsync(id.RelativePath, stopping) is { Scope: "global" })
            await agent.SetScopeAsync(id.RelativePath, "local", stopping);
        parts.Ledger.Forget(id, remote);
        return null;
    }

    /// <summary>Until the image changes here, or the time is over.</summary>
    private async Task WaitAsync(Image image, TimeSpan pause, CancellationToken stopping)
    {
        var over = Task.Delay(pause, parts.Time, stopping);
        while (!over.IsCompleted)
        {
            var snapshot = parts.Catalogue.Current;
            if (snapshot.Find(id) is not { } now || now.Scope != image.Scope || now.Stamp != image.Stamp || now.Digests != image.Digests || now.IsLocked != image.IsLocked)
                return;
            await Task.WhenAny(over, snapshot.Replaced);
        }
        await over;
    }

    private static TimeSpan PauseAfter(int failures)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(failures, 20));
        return pause < LongestPause ? pause : LongestPause;
    }
}
