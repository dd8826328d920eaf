namespace Agent.Jobs;

/// <summary>
/// Names a job and its directory: nine characters of Crockford's base 32 that count milliseconds since 1970, so that ids sort as
/// the jobs were asked for. Unique within a state directory, for each is greater than all before.
/// </summary>
public readonly record struct JobId : IComparable<JobId>
{
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";

    private const int Length = 9;

    private const long Maximum = (1L << (5 * Length)) - 1;

    private readonly long _number;

    private JobId(long number) => _number = number;

    /// <summary>The time that the id holds. Of jobs asked for in the same millisecond, or after the clock was set back, it is a little later than the truth.</summary>
    public DateTimeOffset Time => DateTimeOffset.UnixEpoch.AddMilliseconds(_number);

    /// <summary>The id for a job asked for now, greater than <paramref name="last"/>.</summary>
    public static JobId After(JobId last, DateTimeOffset now) => new(Math.Clamp(now.ToUnixTimeMilliseconds(), last._number + 1, Maximum));

    /// <summary>Reads the text form; false for anything else, so that an id can name a directory whatever a client sends.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out JobId id)
    {
        id = default;
        if (text.Length != Length)
            return false;
        long number = 0;
        foreach (var character in text)
        {
            var digit = Digits.IndexOf(character);
            if (digit < 0)
                return false;
            number = (number << 5) | (long)digit;
        }
        id = new JobId(number);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(JobId other) => _number.CompareTo(other._number);

    /// <summary>The nine characters.</summary>
    public override string ToString() => string.Create(Length, _number, static (text, number) =>
    {
        for (var index = Length - 1; index >= 0; index--, number >>= 5)
            text[index] = Digits[(int)(number & 31)];
    });

    /// <summary>Earlier than.</summary>
    public static bool operator <(JobId left, JobId right) => left._number < right._number;

    /// <summary>Later than.</summary>
    public static bool operator >(JobId left, JobId right) => left._number > right._number;

    /// <summary>Not later than.</summary>
    public static bool operator <=(JobId left, JobId right) => left._number <= right._number;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(JobId left, JobId right) => left._number >= right._number;
}
