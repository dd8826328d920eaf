namespace Agent.EndToEnd.Transmissions;

/// <summary>A transmission as the API tells of it.</summary>
internal sealed record ShownTransmission(
    string Id, string Protocol, string Image, string State, Dictionary<string, string> Parameters, string? Problem, DateTimeOffset Created,
    DateTimeOffset? SendingSince, DateTimeOffset? Ended, int Clients, List<ShownReceiver> Receivers, long BytesSent, long BytesTotal,
    ShownSwarm? Swarm, long BytesPerSecond, List<string> Log)
{
    public bool HasEnded => Ended is not null;
}

/// <summary>A client of it.</summary>
internal sealed record ShownReceiver(string Name, string State, string? Detail, long? BytesDone, long? BytesFromHere);

/// <summary>The swarm of a transmission by p2p.</summary>
internal sealed record ShownSwarm(int Complete, int Incomplete, long Finished, long BytesUploaded);
