using System.Runtime.InteropServices;
using System.Text;
using Agent.Cli.Showing;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Cli;

public sealed partial class CellsTests
{
    private const int CharacterTypes = 0; // LC_CTYPE

    /// <summary>Letters of all widths, blanks, marks, and pairs of surrogates.</summary>
    private static readonly string[] Letters = ["a", "Z", "9", " ", "  ", "漢", "한", "ｆ", "\u0301", "\u0489", "é", "😀", "🐧", "ü", "-", "/", "…", "─"];

    [Theory]
    [InlineData("", 0)]
    [InlineData("Windows10.img", 13)]
    [InlineData("漢字.img", 8)]
    [InlineData("e\u0301te\u0301", 3)]
    [InlineData("😀", 2)]
    [InlineData("한국어", 6)]
    [InlineData("\u1112\u1161\u11ab", 2)]
    [InlineData("ｗｉｄｅ", 8)]
    [InlineData("Ünïcödé ─━…", 11)]
    public void Cells_are_counted_as_terminals_do(string text, int cells) => Assert.Equal(cells, Cells.Of(text));

    [Fact]
    public void The_C_library_counts_the_same()
    {
        Assert.NotEqual(0, SetLocale(CharacterTypes, "C.UTF-8"));
        var differing = new List<string>();
        // Letters of all living scripts; what was assigned lately, libraries of different age see differently.
        foreach (var value in Enumerable.Range(0x20, 0x2E80).Concat(Enumerable.Range(0x3041, 0x150)).Concat(Enumerable.Range(0x4E00, 0x5200)).Concat(Enumerable.Range(0xAC00, 0x2BA4))
            .Concat(Enumerable.Range(0xFF01, 0x5E)).Concat(Enumerable.Range(0x1F300, 0x300)).Concat(Enumerable.Range(0x20000, 0xA000)))
        {
            var rune = new Rune(value);
            var expected = WidthOf(value);
            if (Output.Visible(rune.ToString()) == rune.ToString() && expected >= 0 && expected != Cells.Of(rune))
                differing.Add($"U+{value:X4}: {expected}, not {Cells.Of(rune)}");
        }

        Assert.Empty(differing);
    }

    [Fact]
    public void Wrapped_lines_fit_and_lose_nothing_but_blanks() => Prop.ForAll(Texts(), Widths(), (text, width) =>
    {
        var lines = Cells.Wrap(text, width);

        Assert.All(lines, line => Assert.InRange(Cells.Of(line), 0, width));
        Assert.Equal(text.Replace(" ", ""), string.Concat(lines).Replace(" ", ""));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_cut_fits_and_says_so() => Prop.ForAll(Texts(), Widths(), (text, width) =>
    {
        foreach (var cut in (string[])[Cells.Cut(text, width), Cells.Shorten(text, width)])
        {
            Assert.InRange(Cells.Of(cut), 0, width);
            Assert.Equal(cut != text, Cells.Of(text) > width);
            Assert.Equal(cut != text, cut.Count(letter => letter == '…') > text.Count(letter => letter == '…') || cut.Length < text.Length);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Names_keep_their_ending() => Assert.Equal("Windows 10 …room.img", Cells.Shorten("Windows 10 of the second room.img", 20));

    [Theory]
    [InlineData(true, "xterm", null, true)]
    [InlineData(true, "xterm", "", true)]
    [InlineData(true, "xterm", "0", false)]
    [InlineData(true, "dumb", null, false)]
    [InlineData(true, null, null, false)]
    [InlineData(false, "xterm", null, false)]
    public void Colours_are_for_terminals_whose_user_wants_them(bool isTerminal, string? term, string? noColor, bool may) =>
        Assert.Equal(may, Terminal.MayColour(isTerminal, term, noColor));

    [Fact]
    public void Tables_and_facts_fit_any_width_whatever_is_in_them() => Prop.ForAll(
        Gen.ArrayOf(Gen.ArrayOf(Texts().Generator, 5), 4).ToArbitrary(), Gen.Choose(Output.LeastWidth, 200).ToArbitrary(), (rows, width) =>
    {
        var table = new OutputTable("Image", "Problem", ">Size", "State", "Time of the day");
        var facts = new OutputFacts();
        foreach (var row in rows)
        {
            table.Add(row);
            facts.Add(row[0], row[1]);
        }

        Assert.All(table.Lines(width).Concat(facts.Lines(width)), line => Assert.InRange(Cells.Of(line), 0, width));
        Assert.All(rows.SelectMany(row => Output.Wrapped(row[0], width)), line => Assert.InRange(Cells.Of(line), 0, width));
    }).QuickCheckThrowOnFailure();

    private static Arbitrary<string> Texts() => Gen.ListOf(Gen.Elements(Letters)).Select(string.Concat).ToArbitrary();

    private static Arbitrary<int> Widths() => Gen.Choose(Cells.LeastWidth, 40).ToArbitrary();

    [LibraryImport("libc", EntryPoint = "setlocale", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint SetLocale(int category, string locale);

    [LibraryImport("libc", EntryPoint = "wcwidth")]
    private static partial int WidthOf(int character);
}
