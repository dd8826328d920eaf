namespace Agent.BitTorrent.Downloading;

/// <summary>How a download goes together with others of the same file that do so too; see <see cref="SourceDivision"/>.</summary>
public sealed record CompanionSettings
{
    /// <summary>Longest time for which the source is left alone at the beginning, because companions are expected; zero where none are.</summary>
    public TimeSpan TimeToCome { get; init; }

    /// <summary>Time without a new companion after which those that have come are taken for all.</summary>
    public TimeSpan TimeToGather { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time without a byte after which the source is asked for anything.</summary>
    public TimeSpan TimeToSpare { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time for which a download that is whole goes on giving to companions that lack pieces.</summary>
    public TimeSpan TimeToStay { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Time without a byte given after which it does not stay any longer.</summary>
    public TimeSpan TimeToAsk { get; init; } = TimeSpan.FromSeconds(10);
}
