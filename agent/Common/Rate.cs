namespace Agent.Common;

/// <summary>
/// A data rate. Written in bits (<c>70Mbit/s</c>, prefixes in 1000) or bytes (<c>80MiB/s</c>, <c>9MB/s</c>, prefixes as in <see cref="Sizes"/>).
/// </summary>
/// <param name="BitsPerSecond">Bits in a second, above 0.</param>
public readonly record struct Rate(long BitsPerSecond)
{
    /// <summary>What is expected, for messages about a wrong one.</summary>
    public const string Expected = "a rate; write for example 70Mbit/s or 80MiB/s";

    private static readonly (string Unit, long Factor)[] Units =
    [
        ("bit/s", 1), ("kbit/s", 1000), ("Mbit/s", 1_000_000), ("Gbit/s", 1_000_000_000),
        .. Sizes.Units.Select(size => (size.Unit + "/s", size.Factor * 8)),
    ];

    /// <summary>Whole bytes in a second, at least one.</summary>
    public long BytesPerSecond => Math.Max(1, BitsPerSecond / 8);

    /// <summary>Reads a rate; false where it is not one, is zero, or has more than 63 bits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Rate rate)
    {
        var isRate = UnitNumber.TryParse(text, Units, out var bits) && bits > 0;
        rate = isRate ? new Rate(bits) : default;
        return isRate;
    }

    /// <summary>The exact rate in the form that <see cref="TryParse"/> reads.</summary>
    public override string ToString() => UnitNumber.Format(BitsPerSecond, Units);
}
