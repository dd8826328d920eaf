using Agent.Api;
using Agent.Cli.Live;
using Agent.Cli.Showing;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Cli;

public sealed class LiveLayoutTests
{
    [Fact]
    public void Any_state_fits_any_screen()
    {
        var sizes = from columns in Gen.Choose(0, 160) from rows in Gen.Choose(0, 60) select new TerminalSize(columns, rows);

        Prop.ForAll(LiveStates.Any().ToArbitrary(), sizes.ToArbitrary(), (state, size) =>
        {
            var lines = LiveLayout.Lines(state, size, LiveStates.Time);

            Assert.Equal(size.Rows, lines.Count);
            Assert.All(lines, line => Assert.InRange(Cells.Of(line.Text), 0, size.Columns));
            Assert.All(lines, line => Assert.DoesNotContain(line.Text, char.IsControl));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_screen_tells_what_is_known()
    {
        var state = LiveStates.Known with
        {
            Jobs = [LiveStates.Job("1", "WAITING", "B.img"), LiveStates.Job("2", "RUNNING"), LiveStates.Job("3", "FAILED", "C.img", "The disk is full.")],
            Transmissions = [LiveStates.Transmission("4", "sending", sent: 500), LiveStates.Transmission("5", "done")],
            Swarms = [new ImageSwarmResponse("D.img", 3, 4, 5, 2048, [])],
        };

        var text = Text(state, 100, 30);

        Assert.Contains("3 (2.9 MiB), 2 indexed, 1 locked, 0 damaged, revision 7", text);
        Assert.Contains("512.0 GiB of 1.0 TiB free", text);
        Assert.Contains("━━━━━━━━────────  50 % A.img udpcast sending, 2 clients, 500 B of 1000 B, 10 B/s", text);
        Assert.Contains("D.img 3 have it, 4 are getting it, 2.0 KiB sent from here", text);
        Assert.Contains("C.img check: The disk is full.", text);
        Assert.Matches(@"(?s)Jobs\n[^\n]*A\.img check RUNNING[^\n]*\n[^\n]*B\.img check WAITING", text);
        Assert.EndsWith("q: quit", text);
    }

    [Fact]
    public void Room_is_shared_and_what_is_left_out_is_counted()
    {
        var state = LiveStates.Known with
        {
            Jobs = [.. Enumerable.Range(0, 50).Select(index => LiveStates.Job($"{index}", "RUNNING", $"J{index}.img"))],
            Transmissions = [.. Enumerable.Range(0, 50).Select(index => LiveStates.Transmission($"{index}", "sending", $"T{index}.img"))],
        };

        var text = Text(state, 80, 24);

        Assert.Contains("T0.img", text);
        Assert.Contains("J0.img", text);
        Assert.Equal(2, text.Split("more\n").Length - 1);
        Assert.EndsWith("q: quit", text);
    }

    [Fact]
    public void An_agent_that_is_away_is_told_of_in_the_last_line()
    {
        var text = Text(LiveStates.Known with { AwaySince = LiveStates.Time, AwayReason = "Connection refused" }, 80, 5);

        Assert.Matches(@"\nAway since \d\d:\d\d:\d\d, trying again\. Connection refused$", text);
    }

    [Fact]
    public void A_frame_leaves_nothing_of_the_one_before_and_does_not_scroll()
    {
        ScreenLine[] lines = [new("Title", Tone.Title), new(""), new("bad", Tone.Bad)];

        Assert.Equal("\u001b[H\u001b[KTitle\r\n\u001b[K\r\n\u001b[Kbad\u001b[J", TerminalScreen.Frame(lines, hasColours: false));
        Assert.Equal("\u001b[H\u001b[K\u001b[1mTitle\u001b[0m\r\n\u001b[K\r\n\u001b[K\u001b[31mbad\u001b[0m\u001b[J", TerminalScreen.Frame(lines, hasColours: true));
    }

    private static string Text(LiveState state, int columns, int rows) =>
        string.Join('\n', LiveLayout.Lines(state, new TerminalSize(columns, rows), LiveStates.Time).Select(line => line.Text));
}
