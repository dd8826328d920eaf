using Agent.Common;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Common;

public sealed class ProgressMeterTests
{
    private readonly ManualTime _time = new();
    private readonly ProgressMeter _meter;

    public ProgressMeterTests() => _meter = new ProgressMeter(_time);

    [Fact]
    public void Before_the_first_report_there_is_nothing_to_tell() => Assert.Null(_meter.Current);

    [Fact]
    public void A_steady_rate_is_told_with_the_time_that_remains()
    {
        Work(seconds: 5, perSecond: 100, total: 2000);

        Assert.Equal(new ProgressReading(500, 2000, 100, 15), _meter.Current);
    }

    [Fact]
    public void The_rate_is_that_of_the_last_ten_seconds()
    {
        Work(seconds: 60, perSecond: 1000);
        Work(seconds: 11, perSecond: 10);

        Assert.Equal(10, _meter.Current!.BytesPerSecond);
    }

    [Fact]
    public void When_nothing_moves_the_rate_falls_to_zero_and_the_end_is_unknown()
    {
        Work(seconds: 20, perSecond: 100, total: 5000);

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.InRange(_meter.Current!.BytesPerSecond, 40, 60);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(new ProgressReading(2000, 5000, 0, null), _meter.Current);
    }

    [Fact]
    public void A_second_attempt_begins_the_rate_anew()
    {
        Work(seconds: 20, perSecond: 1000);
        _meter.Report(0, null);

        Assert.Equal(new ProgressReading(0, null, 0, null), _meter.Current);
    }

    [Fact]
    public void At_the_end_nothing_remains()
    {
        _meter.Report(10, 10);

        Assert.Equal(new ProgressReading(10, 10, 0, 0), _meter.Current);
    }

    [Fact]
    public void Any_reports_give_sane_figures() => Prop.ForAll<(long Done, long? Total, ushort Milliseconds)[]>(reports =>
    {
        var meter = new ProgressMeter(_time);
        foreach (var (done, total, milliseconds) in reports ?? [])
        {
            meter.Report(done, total);
            _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            if (meter.Current is not { BytesDone: >= 0, BytesPerSecond: >= 0 } now || now.BytesTotal < now.BytesDone || now.RemainingSeconds < 0)
                return false;
        }
        return true;
    }).QuickCheckThrowOnFailure();

    private void Work(int seconds, long perSecond, long? total = null)
    {
        var done = _meter.Current?.BytesDone ?? 0;
        _meter.Report(done, total);
        for (var tenth = 1; tenth <= seconds * 10; tenth++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            _meter.Report(done + tenth * perSecond / 10, total);
        }
    }
}
