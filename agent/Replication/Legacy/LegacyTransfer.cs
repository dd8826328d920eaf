using Agent.Indexing.Hashing;

namespace Agent.Replication.Legacy;

/// <summary>One transfer from or to a legacy server, whichever way it goes.</summary>
/// <param name="server">The other side.</param>
/// <param name="pace">How fast it may be.</param>
/// <param name="patience">How long it is tried again while the server cannot be reached.</param>
/// <param name="time">Clock.</param>
/// <param name="tell">Is told what happens, in sentences.</param>
/// <param name="report">Is told the bytes done and all there are.</param>
public sealed class LegacyTransfer(LegacyServer server, ReadPace pace, TimeSpan patience, TimeProvider time, Action<string> tell, Action<long, long?> report)
{
    /// <summary>What is moved at once.</summary>
    public const int BlockSize = 256 * 1024;

    /// <summary>How long nothing may come or go before the connection is taken for dead, although ssh itself still answers.</summary>
    public static readonly TimeSpan LongestStall = TimeSpan.FromMinutes(5);

    /// <summary>The other side.</summary>
    public LegacyServer Server => server;

    /// <summary>Is told what happens, in sentences.</summary>
    public Action<string> Tell => tell;

    /// <summary>True where the transfer goes on with what an earlier run of the agent began.</summary>
    public bool IsResumed
    {
        init => Retries.IsPatient = value;
    }

    internal SshRetries Retries { get; } = new(patience, time, tell);

    /// <summary>Says how far it is.</summary>
    public void Report(long done, long total) => report(done, total);

    /// <summary>Waits until a block may be moved.</summary>
    public ValueTask WaitAsync(int bytes, CancellationToken cancellation) => pace.WaitAsync(ReadPriority.Requested, bytes, cancellation);

    /// <summary>Asks the other side something, again and again where it cannot be reached for a while.</summary>
    public Task<T> AskAsync<T>(Func<LegacyServer, Task<T>> question, CancellationToken cancellation) =>
        Retries.RunAsync(() => question(server), () => 0, cancellation);

    /// <summary>What went wrong with a stream that was ended for its silence, and not on demand.</summary>
    public SshException Stalled() => new(SshFault.TimedOut, $"Nothing came from or went to {server.Target} for {LongestStall.TotalMinutes:F0} minutes");
}
