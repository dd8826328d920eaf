namespace Agent.BitTorrent.Downloading;

/// <summary>The companions of one download in time: when they are waited for, when sparing the source does not help, and when they need this one no more.</summary>
/// <param name="swarm">The download.</param>
/// <param name="settings">How long it waits for what; null where it goes alone.</param>
internal sealed class Company(DownloadSwarm swarm, CompanionSettings? settings)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    private readonly long _begun = swarm.Time.GetTimestamp();
    private long _joined = swarm.Time.GetTimestamp();

    /// <summary>Takes in a link to a companion.</summary>
    public void Join(LeechLink link)
    {
        if (!swarm.Board.WithDivision(division => division.Join(link, link.PeerId)))
            return;
        Volatile.Write(ref _joined, swarm.Time.GetTimestamp());
        swarm.Wake();
    }

    /// <summary>At the beginning and once a second: who is waited for, and whether all of this is of use.</summary>
    public void Tick()
    {
        if (settings is null)
            return;
        swarm.Board.WithDivision(division =>
        {
            var isGathering = division.Count == 0 || swarm.Time.GetElapsedTime(Volatile.Read(ref _joined)) < settings.TimeToGather;
            division.IsWaiting = isGathering && swarm.Time.GetElapsedTime(_begun) < settings.TimeToCome;
            division.IsSuspended = swarm.Silent >= settings.TimeToSpare;
            return true;
        });
        swarm.Wake();
    }

    /// <summary>Goes on giving while companions lack pieces and ask for them; only for a download that is whole.</summary>
    public async Task StayAsync(CancellationToken cancellation)
    {
        var (since, uploaded, asked) = (swarm.Time.GetTimestamp(), swarm.Uploaded, swarm.Time.GetTimestamp());
        while (settings is not null && swarm.Board.WithDivision(division => division.AnyLacks))
        {
            if (swarm.Uploaded is var now && now > uploaded)
                (uploaded, asked) = (now, swarm.Time.GetTimestamp());
            if (swarm.Time.GetElapsedTime(asked) >= settings.TimeToAsk || swarm.Time.GetElapsedTime(since) >= settings.TimeToStay)
                return;
            await Task.Delay(Glance, swarm.Time, cancellation);
        }
    }
}
