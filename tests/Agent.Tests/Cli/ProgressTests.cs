using Agent.Cli.Showing;

namespace Agent.Tests.Cli;

public sealed class ProgressTests
{
    [Fact]
    public void Lines_come_for_every_state_and_every_tenth()
    {
        using var output = new StringWriter();
        var lines = new ProgressLines(output);

        foreach (var (state, done) in new[] { ("WAITING", 0L), ("RUNNING", 0), ("RUNNING", 5), ("RUNNING", 12), ("RUNNING", 19), ("RUNNING", 57), ("FINISHED", 100) })
            lines.Report(new ProgressStep("A.img", state, done, 100, 0, null));

        Assert.Equal(
            [
                "A.img: WAITING, 0 %, 0 B of 100 B",
                "A.img: RUNNING, 0 %, 0 B of 100 B",
                "A.img: RUNNING, 12 %, 12 B of 100 B",
                "A.img: RUNNING, 57 %, 57 B of 100 B",
                "A.img: FINISHED, 100 %, 100 B of 100 B",
            ],
            output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData(50, 100L, 10, 5L, "50 B of 100 B, 10 B/s, 0:00:05 left")]
    [InlineData(2048, null, 0, null, "2.0 KiB")]
    [InlineData(0, null, 0, null, "")]
    [InlineData(1, 1L << 40, 1, long.MaxValue, "1 B of 1.0 TiB, 1 B/s, 2400:00:00 left")]
    public void Numbers_are_told_as_far_as_they_are_known(long done, long? total, long rate, long? remaining, string expected) =>
        Assert.Equal(expected, new ProgressStep("", "", done, total, rate, remaining).Numbers);

    [Theory]
    [InlineData(0, null, null)]
    [InlineData(0, 0L, null)]
    [InlineData(200, 100L, 100)]
    [InlineData(-5, 100L, 0)]
    [InlineData(999, 1000L, 99)]
    public void Percent_stays_between_the_bounds(long done, long? total, int? percent) =>
        Assert.Equal(percent, new ProgressStep("", "", done, total, 0, null).Percent);

    [Fact]
    public void Hostile_title_stays_one_line()
    {
        using var output = new StringWriter();
        new ProgressLines(output).Report(new ProgressStep("a\n\u001b[31m.img", "RUNNING", 0, null, 0, null));

        Assert.Equal($"a\\x0a\\x1b[31m.img: RUNNING{Environment.NewLine}", output.ToString());
    }
}
