namespace Agent.Api;

/// <summary>Waits on behalf of a client: until it leaves, its patience ends, or the agent stops.</summary>
public static class Waiting
{
    /// <summary>True if the task has ended in time.</summary>
    /// <param name="task">What is waited for; it must not fail.</param>
    /// <param name="limit">The patience; null for no limit.</param>
    /// <param name="context">Whose client waits.</param>
    public static async Task<bool> ForAsync(Task task, TimeSpan? limit, HttpContext context)
    {
        using var ending = Ending(context);
        if (limit is { } patience)
            ending.CancelAfter(patience);
        try
        {
            await task.WaitAsync(ending.Token);
            return true;
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Fires when the client leaves or the agent stops.</summary>
    public static CancellationTokenSource Ending(HttpContext context) => CancellationTokenSource.CreateLinkedTokenSource(
        context.RequestAborted, context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
}
