using Agent.Jobs;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Jobs;

public sealed class LogTailTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [InlineData("one\ntwo\nthree\n", 100, "one\ntwo\nthree\n")]
    [InlineData("one\ntwo\nthree\n", 14, "one\ntwo\nthree\n")]
    [InlineData("one\ntwo\nthree\n", 13, "two\nthree\n")]
    [InlineData("one\ntwo\nthree\n", 10, "two\nthree\n")]
    [InlineData("one\ntwo\nthree\n", 9, "three\n")]
    [InlineData("one\ntwo\nthree\n", 5, "")]
    [InlineData("one\ntwo\nthree", 5, "three")]
    [InlineData("one\ntwo\nthree", 0, "")]
    [InlineData("", 10, "")]
    public void The_end_of_a_log_starts_on_a_line_boundary(string log, int maximum, string expected) =>
        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(LogTail.Read(_directory.Write("log", log), maximum)));

    [Fact]
    public void A_missing_log_has_no_end() => Assert.Empty(LogTail.Read(_directory["none/log"], 10));

    [Fact]
    public void The_end_is_the_longest_one_that_fits_and_starts_a_line()
    {
        var logs = Gen.Elements("a", "bc", "\n", "é", "\n\n", "long line").ArrayOf().Select(parts => System.Text.Encoding.UTF8.GetBytes(string.Concat(parts)));
        var cases = logs.SelectMany(log => Gen.Choose(0, log.Length + 2).Select(maximum => (log, maximum)));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(cases.ToArbitrary(), given =>
        {
            var tail = LogTail.Read(_directory.Write("log", given.log), given.maximum);
            return tail.AsSpan().SequenceEqual(Longest(given.log, given.maximum));
        }));
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>The same by trying every start.</summary>
    private static byte[] Longest(byte[] log, int maximum)
    {
        var start = Enumerable.Range(0, log.Length + 1).First(from => log.Length - from <= maximum && (from == 0 || from == log.Length || log[from - 1] == '\n'));
        return log[start..];
    }
}
