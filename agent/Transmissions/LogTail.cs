namespace Agent.Transmissions;

/// <summary>The last lines of a program's output, cleaned of what only a terminal understands. Not safe for several threads.</summary>
internal sealed class LogTail
{
    private const int Capacity = 100;
    private const int LongestLine = 400;

    private readonly Queue<string> _lines = new(Capacity);

    /// <summary>Adds a line; the oldest one leaves when there are too many.</summary>
    public void Add(string line)
    {
        if (_lines.Count == Capacity)
            _lines.Dequeue();
        _lines.Enqueue(line.Length <= LongestLine ? line : string.Concat(line.AsSpan(0, LongestLine), "…"));
    }

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyList<string> ToList() => [.. _lines];

    /// <summary>The last line, or null before the first.</summary>
    public string? Last => _lines.LastOrDefault();
}
