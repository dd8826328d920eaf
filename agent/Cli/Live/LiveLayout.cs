using Agent.Cli.Showing;

namespace Agent.Cli.Live;

/// <summary>The live screen as a function of what is known and of its size.</summary>
internal static class LiveLayout
{
    /// <summary>The lines: never more than there are rows, and none wider than the screen.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="size">Room.</param>
    /// <param name="now">The time, which shows that the screen is alive.</param>
    public static IReadOnlyList<ScreenLine> Lines(LiveState state, TerminalSize size, DateTimeOffset now)
    {
        var lines = new List<ScreenLine> { LiveText.Title(state, size.Columns, now) };
        lines.AddRange(LiveText.Overview(state, now));
        var footer = LiveText.Footer(state);
        AddSections(lines, [.. LiveText.Sections(state, size.Columns).Where(section => section.Lines.Count > 0)], size.Rows - lines.Count - 1);
        // What is last told first: on a very low screen the state of the connection is worth more than numbers that may be old.
        var room = Math.Max(0, size.Rows - 1);
        var shown = lines.Take(room).Concat(Enumerable.Repeat(new ScreenLine(""), Math.Max(0, room - lines.Count))).Append(footer).Take(size.Rows);
        return [.. shown.Select(line => line with { Text = Cells.Cut(line.Text, size.Columns) })];
    }

    /// <summary>Each section gets an even part of the room; what the first ones do not need, the others have.</summary>
    private static void AddSections(List<ScreenLine> lines, LiveSection[] sections, int room)
    {
        for (var index = 0; index < sections.Length; index++)
        {
            const int blankAndTitle = 2;
            var part = room / (sections.Length - index);
            if (part <= blankAndTitle)
                continue;
            var shown = Shortened(sections[index].Lines, part - blankAndTitle);
            lines.Add(new ScreenLine(""));
            lines.Add(new ScreenLine(sections[index].Title, Tone.Title));
            lines.AddRange(shown);
            room -= shown.Count + blankAndTitle;
        }
    }

    private static List<ScreenLine> Shortened(IReadOnlyList<ScreenLine> lines, int room) => lines.Count <= room
        ? [.. lines]
        : [.. lines.Take(room - 1), new ScreenLine($"  … and {lines.Count - room + 1} more", Tone.Soft)];
}
