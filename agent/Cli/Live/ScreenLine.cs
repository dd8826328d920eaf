namespace Agent.Cli.Live;

/// <summary>How a line stands out.</summary>
internal enum Tone
{
    /// <summary>Not at all.</summary>
    Plain,

    /// <summary>A heading.</summary>
    Title,

    /// <summary>Less than others.</summary>
    Soft,

    /// <summary>Something is wrong.</summary>
    Bad,
}

/// <summary>A line of a screen; where there are no colours, the text alone says everything.</summary>
internal sealed record ScreenLine(string Text, Tone Tone = Tone.Plain);
