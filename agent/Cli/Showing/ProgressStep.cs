using Agent.Common;

namespace Agent.Cli.Showing;

/// <summary>How far something is.</summary>
/// <param name="Title">What it is about.</param>
/// <param name="State">Its state in a word, and what else is to be said.</param>
/// <param name="Done">Bytes done.</param>
/// <param name="Total">Bytes in all; null where not known.</param>
/// <param name="BytesPerSecond">Rate now.</param>
/// <param name="RemainingSeconds">Time to the end; null where not known.</param>
internal sealed record ProgressStep(string Title, string State, long Done, long? Total, long BytesPerSecond, long? RemainingSeconds)
{
    /// <summary>Share done; null where not known.</summary>
    public int? Percent => Shown.PercentOf(Done, Total);

    /// <summary>The numbers in a line.</summary>
    public string Numbers
    {
        get
        {
            var amount = Total is { } total ? $"{Sizes.Rounded(Done)} of {Sizes.Rounded(total)}" : Done > 0 ? Sizes.Rounded(Done) : "";
            var left = RemainingSeconds is > 0 and var seconds ? $"{Shown.Span(seconds)} left" : "";
            return string.Join(", ", new[] { amount, Shown.Rate(BytesPerSecond), left }.Where(part => part.Length > 0));
        }
    }
}
