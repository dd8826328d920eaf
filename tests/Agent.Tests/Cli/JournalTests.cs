using Agent.Cli.Logs;
using Agent.Cli.Showing;
using Agent.Common;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Cli;

public sealed class JournalTests
{
    private const string Time = "\"__REALTIME_TIMESTAMP\":\"1772352000000000\"";

    [Theory]
    [InlineData("\"MESSAGE\":\"A.img was indexed\",\"PRIORITY\":\"6\",\"SYSLOG_IDENTIFIER\":\"ogrepo-agent\"", "A.img was indexed")]
    [InlineData("\"MESSAGE\":\"No.\",\"PRIORITY\":\"4\",\"SYSLOG_IDENTIFIER\":\"ogrepo-agent\"", "warning: No.")]
    [InlineData("\"MESSAGE\":\"No.\",\"PRIORITY\":\"2\"", "error: No.")]
    [InlineData("\"MESSAGE\":\"Much.\",\"PRIORITY\":\"7\"", "debug: Much.")]
    [InlineData("\"MESSAGE\":\"Started.\",\"SYSLOG_IDENTIFIER\":\"systemd\"", "systemd: Started.")]
    [InlineData("\"MESSAGE\":[27,91,51,49,109,114,101,100]", "\\x1b[31mred")]
    [InlineData("\"MESSAGE\":[\"once\",\"twice\"]", "once")]
    [InlineData("\"MESSAGE\":null", "")]
    [InlineData("\"PRIORITY\":[]", "")]
    public void An_entry_is_time_gravity_and_message(string fields, string expected)
    {
        var entry = JournalLine.TryParse($"{{{fields},{Time}}}");

        Assert.NotNull(entry);
        Assert.Equal($"{Shown.Time(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero))} {expected}", entry.Lines(1000).First());
    }

    [Fact]
    public void Lines_of_a_message_stay_lines_and_fit()
    {
        var entry = JournalLine.TryParse($"{{\"MESSAGE\":\"first\\nsecond {new string('x', 100)}\",{Time}}}")!;

        Assert.Contains(entry.Lines(200), line => line.StartsWith("  second x", StringComparison.Ordinal));
        Assert.All(entry.Lines(40), line => Assert.InRange(Cells.Of(line), 1, 40));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-- No entries --")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"MESSAGE\":\"no time\"}")]
    [InlineData("{\"__REALTIME_TIMESTAMP\":\"99999999999999999999\"}")]
    [InlineData("{\"__REALTIME_TIMESTAMP\":\"9223372036854775807\"}")]
    [InlineData("{\"__REALTIME_TIMESTAMP\":5}")]
    public void Anything_else_is_no_entry(string line) => Assert.Null(JournalLine.TryParse(line));

    [Fact]
    public void No_line_is_too_odd()
    {
        var parts = Gen.ListOf(Gen.Elements("{", "}", "[", "]", "\"", ":", ",", "MESSAGE", "PRIORITY", "1", "-5", "null", "256", "\\u0000", Time)).Select(string.Concat);

        Prop.ForAll(parts.ToArbitrary(), line => _ = JournalLine.TryParse(line)?.Lines(80).Count()).QuickCheckThrowOnFailure();
        Prop.ForAll(parts.ToArbitrary(), value => _ = JournalLine.TryParse($"{{\"MESSAGE\":{value},{Time}}}")?.Lines(80).Count()).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Journalctl_is_asked_for_what_is_wanted()
    {
        Assert.Equal(["--no-pager", "--output=json", "--all", "--unit=ogrepo-agent", "--output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER", "--lines=100"], new JournalQuery("ogrepo-agent").Arguments());
        Assert.Equal(
            ["--no-pager", "--output=json", "--all", "--unit=other", "--follow", "--since=-90s", "--lines=5", "--priority=4", "OGREPO_IMAGE=--help.img", "OGREPO_JOB=-1"],
            new JournalQuery("other") { IsFollowing = true, Image = "--help.img", Job = "-1", Since = "90s", Level = "warning", Entries = 5, IsWhole = true }.Arguments());
    }

    [Theory]
    [InlineData("10m", "--since=-600s")]
    [InlineData("200ms", "--since=-1s")]
    [InlineData("yesterday", "--since=yesterday")]
    [InlineData("2026-03-01 08:00", "--since=2026-03-01 08:00")]
    [InlineData("--help", "--since=--help")]
    public void Times_are_those_of_journalctl_or_durations(string since, string expected)
    {
        var arguments = new JournalQuery("u") { Since = since, IsFollowing = true }.Arguments();

        Assert.Contains(expected, arguments);
        Assert.Contains("--lines=all", arguments);
    }

    [Theory]
    [InlineData("usr/lib/systemd/system/ogrepo-agent.service", "ogrepo-agent", true)]
    [InlineData("usr/lib/systemd/system/ogrepo-agent.service", "ogrepo-agent.service", true)]
    [InlineData("etc/systemd/system/repo@.service", "repo@second", true)]
    [InlineData("usr/lib/systemd/system/ogrepo-agent.service", "other", false)]
    [InlineData("etc/passwd", "../../passwd", false)]
    [InlineData("etc/passwd", "", false)]
    public void A_unit_is_known_by_its_file(string file, string unit, bool isThere)
    {
        using var root = new TemporaryDirectory();
        Directory.CreateDirectory(Path.GetDirectoryName(root[file])!);
        File.WriteAllText(root[file], "");

        Assert.Equal(isThere, InstalledUnits.Exists(root.Root, unit));
        Assert.False(InstalledUnits.IsBooted(root.Root));
    }
}
