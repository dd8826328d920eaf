using Agent.Common;
using Agent.Transmissions;

namespace Agent.Tests.Transmissions;

/// <summary>What a transmission says of itself, whatever happens around it.</summary>
public sealed class TransmissionStateTests
{
    private readonly Clock _clock = new();

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public void Age_and_rate_do_not_follow_a_clock_that_somebody_sets(int seconds)
    {
        var transmission = new Transmission(
            TransmissionProtocol.Udpcast, "/image", new FileStamp(1000, 0, 0), new Dictionary<string, string>(), _clock);
        _clock.Pass(TimeSpan.FromSeconds(3));
        transmission.BeginSending();

        _clock.Set(TimeSpan.FromSeconds(seconds));
        _clock.Pass(TimeSpan.FromSeconds(10));
        transmission.End(TransmissionState.Done, null);

        Assert.Equal(TimeSpan.FromSeconds(13), transmission.Age);
        Assert.Equal(100, transmission.Snapshot.BytesPerSecond);
    }

    [Fact]
    public void What_is_shown_of_a_swarm_takes_the_place_of_what_was_shown_before()
    {
        var transmission = new Transmission(TransmissionProtocol.P2p, "/image", new FileStamp(1000, 0, 0), new Dictionary<string, string>(), _clock);
        transmission.BeginSending();
        transmission.Show(new SwarmStatus(0, 2, 0, 500), [new Receiver("a", ReceiverState.Connected), new Receiver("b", ReceiverState.Connected)]);

        _clock.Pass(TimeSpan.FromSeconds(2));
        transmission.Show(new SwarmStatus(1, 0, 2, 3000), [new Receiver("c", ReceiverState.Finished)]);

        var shown = transmission.Snapshot;
        Assert.Equal("c", Assert.Single(shown.Receivers).Name);
        Assert.Equal((new SwarmStatus(1, 0, 2, 3000), 1000, 1500), (shown.Swarm!, shown.BytesSent, shown.BytesPerSecond));
    }

    [Fact]
    public void What_it_owns_is_given_back_before_its_end_is_told()
    {
        var transmission = new Transmission(TransmissionProtocol.Udpcast, "/image", new FileStamp(1000, 0, 0), new Dictionary<string, string>(), _clock);
        var states = new List<TransmissionState>();
        transmission.Own(new Owned(() => states.Add(transmission.Snapshot.State)));

        transmission.End(TransmissionState.Failed, "enough");
        transmission.End(TransmissionState.Done, null);
        transmission.Own(new Owned(() => states.Add(transmission.Snapshot.State)));

        Assert.Equal([TransmissionState.Waiting, TransmissionState.Failed], states);
    }

    private sealed class Owned(Action dispose) : IDisposable
    {
        public void Dispose() => dispose();
    }

    private sealed class Clock : TimeProvider
    {
        private TimeSpan _passed;
        private DateTimeOffset _now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _passed.Ticks;

        public override DateTimeOffset GetUtcNow() => _now;

        public void Set(TimeSpan by) => _now += by;

        public void Pass(TimeSpan time)
        {
            _passed += time;
            _now += time;
        }
    }
}
