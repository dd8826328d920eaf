namespace Agent.Replication.Legacy;

/// <summary>
/// Tries a step again while the server cannot be reached, with pauses that grow to a minute, until nothing has come for too long. Every byte that was
/// brought on begins that anew.
/// </summary>
/// <param name="patience">How long it is tried without a byte.</param>
/// <param name="time">Clock.</param>
/// <param name="tell">Is told why it is tried again.</param>
internal sealed class SshRetries(TimeSpan patience, TimeProvider time, Action<string> tell)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Whether the server has answered before: a server that was never there is told at once, so that whoever has mistyped its name need not wait.
    /// </summary>
    public bool IsPatient { get; set; }

    /// <summary>Runs a step until it goes well.</summary>
    /// <param name="step">The step.</param>
    /// <param name="done">How far the work is.</param>
    /// <param name="cancellation">Ends the pauses.</param>
    /// <exception cref="SshException">It failed in a way that no patience mends, or for too long.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> step, Func<long> done, CancellationToken cancellation)
    {
        var (since, reached, pause) = (time.GetTimestamp(), done(), FirstPause);
        while (true)
        {
            try
            {
                var result = await step();
                IsPatient = true;
                return result;
            }
            catch (SshException e) when (e.IsTransient)
            {
                if (done() > reached)
                    (since, reached, pause, IsPatient) = (time.GetTimestamp(), done(), FirstPause, true);
                if (!IsPatient || time.GetElapsedTime(since) >= patience)
                    throw;
                tell($"{e.Message}. It is tried again in {pause.TotalSeconds:F0} s.");
                await Task.Delay(pause, time, cancellation);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }
}
