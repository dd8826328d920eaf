using System.Text;
using Agent.Jobs;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Jobs;

public sealed class JobLogTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new();
    private readonly List<Exception> _failures = [];

    [Fact]
    public void Every_line_has_its_time()
    {
        Write("one\ntwo\r\n", "three");

        Assert.Equal("2026-03-01T08:00:00Z one\n2026-03-01T08:00:00Z two\n2026-03-01T08:00:00Z three\n", Content());
    }

    [Fact]
    public void What_a_program_prints_for_a_terminal_does_no_harm()
    {
        Write("10%\r20%\x1b[2J\aé\t" + new string('x', 5000));

        Assert.Equal($"2026-03-01T08:00:00Z 10%\n2026-03-01T08:00:00Z 20% [2J é\t{new string('x', 4096 - 10)}…\n", Content());
    }

    [Fact]
    public void After_a_crash_in_a_line_the_next_one_begins_anew()
    {
        _directory.Write("log", "2026-03-01T07:59:59Z torn");

        Write("next");

        Assert.Equal("2026-03-01T07:59:59Z torn\n2026-03-01T08:00:00Z next\n", Content());
    }

    [Fact]
    public void A_log_that_grows_too_long_loses_its_older_half_on_a_line_boundary()
    {
        Write([.. Enumerable.Range(0, 1000).Select(number => $"line {number}")]);

        Assert.InRange(new FileInfo(_directory["log"]).Length, 1, 1200);
        Assert.EndsWith("Z line 998\n2026-03-01T08:00:00Z line 999\n", Content());
        Assert.All(Content().TrimEnd('\n').Split('\n'), line => Assert.StartsWith("2026-", line));
    }

    [Fact]
    public void A_log_that_cannot_be_written_is_told_once_and_harms_nobody()
    {
        using var log = new JobLog(_directory["none/log"], 1000, _time, _failures.Add);

        log.Write("one");
        log.Write("two");

        Assert.Single(_failures);
    }

    [Fact]
    public void A_line_after_the_end_is_dropped()
    {
        var log = new JobLog(_directory["log"], 1000, _time, _failures.Add);
        log.Dispose();

        log.Write("late");

        Assert.Empty(_failures);
        Assert.Equal("", Content());
    }

    [Fact]
    public void Any_text_becomes_whole_printable_lines() => Prop.ForAll<string[]>(texts =>
    {
        File.Delete(_directory["log"]);
        Write([.. (texts ?? []).Select(text => text ?? "")]);
        var content = Content();
        return content.Split('\n')[..^1].All(line => line.StartsWith("2026-03-01T08:00:00Z ", StringComparison.Ordinal) && !line.Any(unit => char.IsControl(unit) && unit != '\t'))
            && (content.Length == 0 || content.EndsWith('\n'));
    }).QuickCheckThrowOnFailure();

    public void Dispose() => _directory.Dispose();

    private void Write(params string[] texts)
    {
        using var log = new JobLog(_directory["log"], 1000 + texts.Sum(text => text.Length > 100 ? 10_000 : 0), _time, _failures.Add);
        foreach (var text in texts)
            log.Write(text);
    }

    private string Content() => File.ReadAllText(_directory["log"], Encoding.UTF8);
}
