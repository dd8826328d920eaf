using System.Globalization;
using System.Text;

namespace Agent.Cli.Showing;

/// <summary>
/// Text in the cells of a terminal: letters of East Asia and most pictures take two, marks that combine with the letter before them none, as
/// wcwidth(3) counts. Texts are expected to be visible (<see cref="Output.Visible(string)"/>).
/// </summary>
internal static class Cells
{
    /// <summary>Least width that everything fits into.</summary>
    public const int LeastWidth = 2;

    private const char Ellipsis = '…';

    /// <summary>First and last of what is wide (W) or full-width (F) by Unicode's East Asian Width; gaps of what is not assigned are closed.</summary>
    private static ReadOnlySpan<int> Wide =>
    [
        0x1100, 0x115F, 0x231A, 0x231B, 0x2329, 0x232A, 0x23E9, 0x23EC, 0x23F0, 0x23F0, 0x23F3, 0x23F3, 0x25FD, 0x25FE, 0x2614, 0x2615,
        0x2648, 0x2653, 0x267F, 0x267F, 0x2693, 0x2693, 0x26A1, 0x26A1, 0x26AA, 0x26AB, 0x26BD, 0x26BE, 0x26C4, 0x26C5, 0x26CE, 0x26CE,
        0x26D4, 0x26D4, 0x26EA, 0x26EA, 0x26F2, 0x26F3, 0x26F5, 0x26F5, 0x26FA, 0x26FA, 0x26FD, 0x26FD, 0x2705, 0x2705, 0x270A, 0x270B,
        0x2728, 0x2728, 0x274C, 0x274C, 0x274E, 0x274E, 0x2753, 0x2755, 0x2757, 0x2757, 0x2795, 0x2797, 0x27B0, 0x27B0, 0x27BF, 0x27BF,
        0x2B1B, 0x2B1C, 0x2B50, 0x2B50, 0x2B55, 0x2B55, 0x2E80, 0x303E, 0x3041, 0x3247, 0x3250, 0x4DBF, 0x4E00, 0xA4C6, 0xA960, 0xA97C,
        0xAC00, 0xD7A3, 0xF900, 0xFAFF, 0xFE10, 0xFE19, 0xFE30, 0xFE6B, 0xFF01, 0xFF60, 0xFFE0, 0xFFE6, 0x16FE0, 0x1B2FB, 0x1F004, 0x1F004,
        0x1F0CF, 0x1F0CF, 0x1F18E, 0x1F18E, 0x1F191, 0x1F19A, 0x1F200, 0x1F320, 0x1F32D, 0x1F335, 0x1F337, 0x1F37C, 0x1F37E, 0x1F393,
        0x1F3A0, 0x1F3CA, 0x1F3CF, 0x1F3D3, 0x1F3E0, 0x1F3F0, 0x1F3F4, 0x1F3F4, 0x1F3F8, 0x1F43E, 0x1F440, 0x1F440, 0x1F442, 0x1F4FC,
        0x1F4FF, 0x1F53D, 0x1F54B, 0x1F54E, 0x1F550, 0x1F567, 0x1F57A, 0x1F57A, 0x1F595, 0x1F596, 0x1F5A4, 0x1F5A4, 0x1F5FB, 0x1F64F,
        0x1F680, 0x1F6C5, 0x1F6CC, 0x1F6CC, 0x1F6D0, 0x1F6D2, 0x1F6D5, 0x1F6DF, 0x1F6EB, 0x1F6EC, 0x1F6F4, 0x1F6FC, 0x1F7E0, 0x1F7F0,
        0x1F90C, 0x1F93A, 0x1F93C, 0x1F945, 0x1F947, 0x1F9FF, 0x1FA70, 0x1FAFF, 0x20000, 0x3FFFD,
    ];

    /// <summary>Cells that a text takes.</summary>
    public static int Of(string text)
    {
        var cells = 0;
        foreach (var rune in text.EnumerateRunes())
            cells += Of(rune);
        return cells;
    }

    /// <summary>Cells that a character takes: 0, 1 or 2.</summary>
    public static int Of(Rune rune)
    {
        if (rune.Value < 0x300)
            return 1;
        // The medial vowels and final consonants of Korean combine too.
        if (rune.Value is (>= 0x1160 and <= 0x11FF) or (>= 0xD7B0 and <= 0xD7FB))
            return 0;
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
            return 0;
        return IsWide(rune.Value) ? 2 : 1;
    }

    /// <summary>The beginning of a text that fits, with <c>…</c> where something is missing.</summary>
    public static string Cut(string text, int width)
    {
        if (Of(text) <= width)
            return text;
        return width < 1 ? "" : text[..FittingLength(text, width - 1)] + Ellipsis;
    }

    /// <summary>A name that fits: its beginning and its end, which tells what it is, with <c>…</c> between.</summary>
    public static string Shorten(string name, int width)
    {
        if (Of(name) <= width)
            return name;
        var tail = Math.Max(0, 2 * width / 5);
        var start = name.Length;
        while (start > 0 && Of(name[PreviousStart(name, start)..]) <= tail)
            start = PreviousStart(name, start);
        return width < 1 ? "" : name[..FittingLength(name, width - 1 - Of(name[start..]))] + Ellipsis + name[start..];
    }

    /// <summary>A text in lines: cut between words, and within those that are longer than a line. Nothing gets lost but blanks at the cuts.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="width">Room; at least <see cref="LeastWidth"/>.</param>
    public static IReadOnlyList<string> Wrap(string text, int width)
    {
        var lines = new List<string>();
        var rest = text;
        while (Of(rest) > width)
        {
            var fitting = Math.Max(FittingLength(rest, Math.Max(width, LeastWidth)), 1);
            // A blank right behind what fits is a place for the cut too.
            var blank = rest.LastIndexOf(' ', Math.Min(fitting, rest.Length - 1));
            var cut = blank > 0 && rest[..blank].AsSpan().TrimStart(' ').Length > 0 ? blank : fitting;
            lines.Add(rest[..cut].TrimEnd(' '));
            rest = rest[cut..].TrimStart(' ');
        }
        if (rest.Length > 0 || lines.Count == 0)
            lines.Add(rest);
        return lines;
    }

    /// <summary>A text with blanks behind it.</summary>
    public static string PadRight(string text, int width) => text + new string(' ', Math.Max(0, width - Of(text)));

    /// <summary>A text with blanks before it.</summary>
    public static string PadLeft(string text, int width) => new string(' ', Math.Max(0, width - Of(text))) + text;

    /// <summary>Length in UTF-16 of the longest beginning that fits, with the marks that combine with its last letter.</summary>
    private static int FittingLength(string text, int width)
    {
        var (cells, length) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            cells += Of(rune);
            if (cells > width)
                break;
            length += rune.Utf16SequenceLength;
        }
        return length;
    }

    /// <summary>Where the letter begins that ends at a place, with its marks.</summary>
    private static int PreviousStart(string text, int end)
    {
        var start = end;
        while (start > 0)
        {
            Rune.DecodeLastFromUtf16(text.AsSpan(0, start), out var rune, out var length);
            start -= length;
            if (Of(rune) > 0)
                break;
        }
        return start;
    }

    private static bool IsWide(int value)
    {
        var (low, high) = (0, Wide.Length / 2 - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (value < Wide[2 * middle])
                high = middle - 1;
            else if (value > Wide[2 * middle + 1])
                low = middle + 1;
            else
                return true;
        }
        return false;
    }
}
