namespace Agent.Images;

/// <summary>What is known of whether an image still holds what it held when it was indexed.</summary>
public enum CheckState
{
    /// <summary>Nothing: it is not indexed yet.</summary>
    Unknown,

    /// <summary>Its sums and torrent were taken over without reading it, and have to be verified yet.</summary>
    Trusted,

    /// <summary>Every byte was as it should be.</summary>
    Good,

    /// <summary>Bytes differ although nobody has written to it: it rots.</summary>
    Damaged,
}

/// <summary>The outcome of the last look at every byte of an image, in as few bytes as it takes: a server keeps one of each image.</summary>
/// <param name="State">What it found.</param>
/// <param name="CheckedSeconds">When, in seconds since 1970-01-01 UTC; 0 for never.</param>
/// <param name="GoodSeconds">When the image was last found good, which may have been at an earlier look.</param>
public readonly record struct CheckMark(CheckState State, uint CheckedSeconds, uint GoodSeconds)
{
    /// <summary>When all of it was last read; null where it never was.</summary>
    public DateTimeOffset? CheckedAt => At(CheckedSeconds);

    /// <summary>When it was last found good; null where it never was.</summary>
    public DateTimeOffset? GoodAt => At(GoodSeconds);

    /// <summary>Sums and torrent are believed.</summary>
    public static CheckMark Trusted => new(CheckState.Trusted, 0, 0);

    /// <summary>Every byte was right at a moment.</summary>
    public static CheckMark Good(DateTimeOffset now) => new(CheckState.Good, Seconds(now), Seconds(now));

    /// <summary>Bytes were found wrong at a moment; when they were last right stays known.</summary>
    public CheckMark Damaged(DateTimeOffset now) => new(CheckState.Damaged, Seconds(now), GoodSeconds);

    private static uint Seconds(DateTimeOffset moment) => (uint)Math.Clamp(moment.ToUnixTimeSeconds(), 1, uint.MaxValue);

    private static DateTimeOffset? At(uint seconds) => seconds == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(seconds);
}
