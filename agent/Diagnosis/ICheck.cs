namespace Agent.Diagnosis;

/// <summary>One question about the server. Each has a thread of its own and a time limit, and may fail as it likes.</summary>
internal interface ICheck
{
    /// <summary>What it is called, a word.</summary>
    public string Name { get; }

    /// <summary>Looks, and adds to <paramref name="findings"/> one finding at least.</summary>
    public Task RunAsync(Surroundings surroundings, Findings findings, CancellationToken cancellation);
}
