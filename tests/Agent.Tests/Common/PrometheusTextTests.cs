using System.Buffers;
using System.Text;
using Agent.Common;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Common;

public sealed class PrometheusTextTests
{
    [Fact]
    public void A_page_looks_as_the_format_wants_it()
    {
        var written = Write(page =>
        {
            page.Gauge("room_bytes", "Room.");
            page.Sample(17);
            page.Sample(DateTimeOffset.UnixEpoch.AddSeconds(5.5), ("image", "a\\b\"c\nd"), ("ou", ""));
            page.Counter("sent_total", "What was sent.");
            page.Sample(0.25);
            page.Sample(true, ("x", "ñ"));
        });

        const string expected = """
            # HELP room_bytes Room.
            # TYPE room_bytes gauge
            room_bytes 17
            room_bytes{image="a\\b\"c\nd",ou=""} 5
            # HELP sent_total What was sent.
            # TYPE sent_total counter
            sent_total 0.25
            sent_total{x="ñ"} 1

            """;
        Assert.Equal(expected, Encoding.UTF8.GetString(written));
    }

    [Fact]
    public void Any_label_is_read_as_it_was_written() =>
        Prop.ForAll<string?, string?>((one, other) =>
        {
            // What is no Unicode is told by the character for that, as names of files are.
            var (first, second) = (Unicode(one), Unicode(other));
            var page = PrometheusPage.Parse(Write(text =>
            {
                text.Gauge("g", "h");
                text.Sample(3, ("a", one ?? ""), ("b", other ?? ""));
            }));
            return page.Count == 1 && page[$"g{{a=\"{first}\",b=\"{second}\"}}"] == 3;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_number_is_read_as_it_was_written() =>
        Prop.ForAll<double, long>((real, whole) =>
        {
            var page = PrometheusPage.Parse(Write(text =>
            {
                text.Gauge("real", "h");
                text.Sample(real);
                text.Gauge("whole", "h");
                text.Sample(whole);
            }));
            return page["real"].Equals(real) && page["whole"].Equals(whole);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("g 1\n")]
    [InlineData("# HELP g h\n# TYPE g gauge\ng 1")]
    [InlineData("# HELP g h\n# TYPE g gauge\ng 1\ng 2\n")]
    [InlineData("# HELP g h\n# TYPE g gauge\ng{a=\"x\"y\"} 1\n")]
    [InlineData("# HELP g h\n# TYPE g gauge\ng{a=\"\\x\"} 1\n")]
    [InlineData("# HELP g h\n# TYPE g gauge\ng{a=\"1\",a=\"2\"} 1\n")]
    [InlineData("# HELP g h\n# TYPE g counter\ng 1\n")]
    [InlineData("# HELP g h\n# TYPE g gauge\n\ng 1\n")]
    [InlineData("# HELP g h\n# TYPE g gauge\n# HELP f h\n# TYPE f gauge\ng 1\n")]
    public void The_reader_of_these_tests_is_strict(string page) =>
        Assert.Throws<FormatException>(() => PrometheusPage.Parse(Encoding.UTF8.GetBytes(page)));

    private static byte[] Write(Action<PrometheusText> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new PrometheusText(output));
        return output.WrittenSpan.ToArray();
    }

    private static string Unicode(string? text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
}
