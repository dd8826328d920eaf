using Agent.Cli.Showing;

namespace Agent.Tests.Cli;

public sealed class OutputTests
{
    [Theory]
    [InlineData("Windows 10.img", "Windows 10.img")]
    [InlineData("a\u001b[31mred", "a\\x1b[31mred")]
    [InlineData("new\nline\ttab\u007f\u0085", "new\\x0aline\\x09tab\\x7f\\x85")]
    [InlineData("\u202egnp.img", "\\u202egnp.img")]
    [InlineData("zero\u200bwidth\u2028line", "zero\\u200bwidth\\u2028line")]
    [InlineData("Ünï 漢字 😀", "Ünï 漢字 😀")]
    public void What_would_steer_a_terminal_is_made_visible(string name, string shown) => Assert.Equal(shown, Output.Visible(name));

    /// <summary>Not above: test runners pass their data as UTF-8.</summary>
    [Fact]
    public void Half_a_surrogate_pair_is_replaced() => Assert.Equal("half \ufffd.", Output.Visible("half \ud83d."));

    [Fact]
    public void Empty_columns_are_left_away_and_numbers_stand_right()
    {
        var table = new OutputTable("Image", "Error", ">Size");
        table.Add("A.img", "", "9 B");
        table.Add("B.img", "", "1024 B");

        var lines = table.Lines(80);

        Assert.DoesNotContain(lines, line => line.Contains("Error"));
        Assert.Contains("  A.img      9 B", lines);
        Assert.Contains("  B.img   1024 B", lines);
    }

    [Fact]
    public void Long_cells_are_wrapped_at_the_width()
    {
        var table = new OutputTable("Image", "Problem");
        table.Add(new string('n', 100), "one of the receivers has not got the whole image");

        var lines = table.Lines(40);

        Assert.All(lines, line => Assert.True(line.Length <= 40, line));
        Assert.Equal(100, lines.Sum(line => line.Count(character => character == 'n')) - "one of the receivers has not got the whole image".Count(character => character == 'n'));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public void Without_room_for_columns_a_row_becomes_lines(int width)
    {
        var table = new OutputTable("Image", ">Size", "State");
        table.Add("A.img", "9 B", "ready");
        var facts = new OutputFacts();
        facts.Add("SHA-256", new string('f', 64));
        facts.Add("Backup", null);

        Assert.Equal(["Image: A.img", "Size: 9 B", "State: ready", ""], table.Lines(width));
        Assert.Equal([$"SHA-256: {new string('f', 64)}"], facts.Lines(width));
    }

    [Fact]
    public void Markup_in_names_is_only_text()
    {
        var table = new OutputTable("Image");
        table.Add("[red]A[/].img");

        Assert.Contains("  [red]A[/].img", table.Lines(80));
    }
}
