using System.Text.Json;
using System.Text.RegularExpressions;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;
using static Agent.EndToEnd.Cli.CliExit;

namespace Agent.EndToEnd.Cli;

/// <summary>The live screen, on a real terminal and elsewhere.</summary>
public sealed partial class WatchTests(ITestOutputHelper output)
{
    private const string Enter = "\u001b[?1049h\u001b[?25l";
    private const string Leave = "\u001b[?25h\u001b[?1049l";

    [FactWith("script", "stty")]
    public async Task The_screen_is_live_fits_the_terminal_follows_its_size_and_is_gone_at_the_end()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        await using var watching = new OnTerminal(agent, 80, 24, "before=$(stty -g); \"$AGENT\" watch; code=$?; [ \"$before\" = \"$(stty -g)\" ] && echo modes are as before; exit $code");

        var first = await watching.SeeAsync("the image is counted", frame => frame.Any(line => line.StartsWith("Images    1 ", StringComparison.Ordinal)));
        AssertFits(first, 80, 24);
        Assert.StartsWith("ogrepo-agent ", first[0]);
        Assert.Equal("q: quit", first[^1]);

        repository.Write("a name that is longer than there is room for on a narrow terminal, 漢字.img", Contents.Random(1000));
        await watching.SeeAsync("the second is", frame => frame.Any(line => line.StartsWith("Images    2 ", StringComparison.Ordinal)));
        await LongWork.AddAsync(repository, agent, "Long.img");
        await watching.SeeAsync("it is being read", frame => frame.SkipWhile(line => line != "Reading").Any(line => line.Contains("Long.img index")));
        foreach (var (columns, rows) in ((int, int)[])[(40, 10), (120, 40), (20, 3), (80, 24)])
        {
            await watching.ResizeAsync(columns, rows);
            AssertFits(await watching.SeeAsync($"it is drawn for {columns} by {rows}", frame => frame.Count == rows), columns, rows);
        }

        await watching.TypeAsync("xq");
        Assert.Equal(Done, await watching.EndAsync());
        Assert.Contains(Enter, watching.Printed);
        Assert.Contains(Leave, watching.Printed);
        Assert.Contains("modes are as before", watching.Printed[watching.Printed.IndexOf(Leave, StringComparison.Ordinal)..]);
        Assert.Matches(Colour(), watching.Printed);
    }

    [FactWith("script")]
    public async Task Control_C_gives_the_terminal_back()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();
        await using var watching = new OnTerminal(agent, 80, 24, "\"$AGENT\" watch", ("NO_COLOR", "1"));
        await watching.SeeAsync("it is drawn", _ => true);

        await watching.TypeAsync(OnTerminal.ControlC);

        Assert.Equal(Interrupted, await watching.EndAsync());
        Assert.EndsWith(Leave, watching.Printed.TrimEnd());
        Assert.DoesNotMatch(Colour(), watching.Printed);
    }

    [FactWith("script", "bash")]
    public async Task Control_Z_gives_the_terminal_back_until_it_goes_on()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();
        await using var watching = new OnTerminal(agent, 80, 24, "exec bash --norc -ic '\"$AGENT\" watch; echo stopped-now; fg; echo ended-now'");
        await watching.SeeAsync("it is drawn", _ => true);

        await watching.TypeAsync("\u001a");
        await watching.SeePrintedAsync("stopped-now");
        await Eventually.SeeAsync(() => Task.FromResult(Printings(watching, Enter) == 2 ? "yes" : null), "it is drawn again", () => watching.Printed);
        await watching.TypeAsync("q");
        await watching.SeePrintedAsync("ended-now");

        Assert.Contains(Leave, watching.Printed[..watching.Printed.IndexOf("stopped-now", StringComparison.Ordinal)]);
        Assert.Equal(2, Printings(watching, Leave));
    }

    [FactWith("script")]
    public async Task An_agent_that_is_restarted_is_waited_for_and_followed_again()
    {
        await using var repository = new TestRepository(output, new AgentSettings { Listen = new AgentSettings().Tracker });
        repository.Write("A.img", Contents.Random(1000));
        var agent = await repository.StartAsync();
        await using var watching = new OnTerminal(agent, 100, 30, "\"$AGENT\" watch");
        await watching.SeeAsync("the image is counted", frame => frame.Any(line => line.StartsWith("Images    1 ", StringComparison.Ordinal)));

        await agent.StopAsync();
        var away = await watching.SeeAsync("it says that it is away", frame => frame[^1].StartsWith("Away since ", StringComparison.Ordinal));
        AssertFits(away, 100, 30);
        repository.Write("B.img", Contents.Random(1000));
        await repository.StartAsync();

        await watching.SeeAsync("it is followed again", frame => frame[^1] == "q: quit" && frame.Any(line => line.StartsWith("Images    2 ", StringComparison.Ordinal)));
        await watching.TypeAsync("q");
        Assert.Equal(Done, await watching.EndAsync());
    }

    [FactWith("script")]
    public async Task An_agent_that_is_not_there_is_told_of_without_a_screen()
    {
        await using var repository = new TestRepository(output);
        var agent = await repository.StartAsync();
        await agent.StopAsync();
        await using var watching = new OnTerminal(agent, 80, 24, "\"$AGENT\" watch");

        Assert.Equal(Unreachable, await watching.EndAsync());
        Assert.Contains("cannot be reached", watching.Printed);
        Assert.DoesNotContain(Enter, watching.Printed);
    }

    [TheoryWith("script")]
    [InlineData("dumb")]
    [InlineData("pipe")]
    public async Task Elsewhere_each_change_is_a_line(string where)
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        await using var watching = new OnTerminal(agent, 80, 24, where == "dumb" ? "TERM=dumb \"$AGENT\" watch" : "\"$AGENT\" watch | cat -v");

        await watching.SeePrintedAsync("1 images (1000 B), 1 indexed");
        repository.Write("B.img", Contents.Random(1000));
        await watching.SeePrintedAsync("2 images (2.0 KiB), 2 indexed");
        await AgentCommand.AskAsync(agent, "check", "A.img");
        await watching.SeePrintedAsync("check of A.img: FINISHED");

        await watching.TypeAsync(OnTerminal.ControlC);
        await watching.EndAsync();
        // Behind a pipe "cat -v" would show it so; what .NET itself tells a terminal goes past the pipe.
        Assert.DoesNotContain(where == "dumb" ? "\u001b" : "^[", watching.Printed);
    }

    [FactWith("script")]
    public async Task For_programs_the_events_are_printed_as_they_come()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        await using var watching = new OnTerminal(agent, 80, 24, "\"$AGENT\" watch --json | cat");

        await watching.SeePrintedAsync("\"indexed\":1");
        await watching.TypeAsync(OnTerminal.ControlC);
        await watching.EndAsync();

        var events = watching.Printed.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.All(events, one => Assert.Equal(1, one.GetProperty("images").GetInt32()));
    }

    private static int Printings(OnTerminal terminal, string text) => terminal.Printed.Split(text).Length - 1;

    private static void AssertFits(IReadOnlyList<string> frame, int columns, int rows)
    {
        Assert.Equal(rows, frame.Count);
        Assert.All(frame, line => Assert.InRange(TerminalWidth.Of(line), 0, columns));
    }

    [GeneratedRegex(@"\u001b\[[0-9;]*(1|2|3[0-7])m")]
    private static partial Regex Colour();
}
