using System.Net;
using Agent.Common;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Common;

/// <summary>Durations, sizes, rates, endpoints, networks and secrets in the forms that people write.</summary>
public sealed class UnitTests
{
    [Theory]
    [InlineData("200ms", 200)]
    [InlineData("2s", 2000)]
    [InlineData("10m", 600_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("30d", 2_592_000_000)]
    [InlineData("0ms", 0)]
    public void Durations_are_read(string text, long milliseconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("s")]
    [InlineData("-2s")]
    [InlineData("2 s")]
    [InlineData("1.5s")]
    [InlineData("2S")]
    [InlineData("٢s")]
    [InlineData("99999999999999999999d")]
    [InlineData("106751991168d")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(Durations.TryParse(text, out _));

    [Fact]
    public void Every_duration_that_is_written_is_read_back() => Prop.ForAll<uint>(milliseconds =>
    {
        var duration = TimeSpan.FromMilliseconds(milliseconds);
        return Durations.TryParse(Durations.Format(duration), out var back) && back == duration;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("64MiB", 64L << 20)]
    [InlineData("1GB", 1_000_000_000)]
    [InlineData("8388607TiB", 8388607L << 40)]
    public void Sizes_are_read(string text, long expected)
    {
        Assert.True(Sizes.TryParse(text, out var bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("8388608TiB")]
    [InlineData("64")]
    [InlineData("64mb")]
    [InlineData("9223372036854775808B")]
    public void What_is_no_size_is_refused(string text) => Assert.False(Sizes.TryParse(text, out _));

    [Fact]
    public void Every_size_that_is_written_is_read_back() => Prop.ForAll<ulong>(number =>
    {
        var bytes = (long)(number >> 1);
        return Sizes.TryParse(Sizes.Format(bytes), out var back) && back == bytes;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.0 KiB")]
    [InlineData(1_048_575, "1.0 MiB")]
    [InlineData(1_503_238_554, "1.4 GiB")]
    [InlineData(long.MaxValue, "8.0 EiB")]
    public void Sizes_are_rounded_for_people(long bytes, string text) => Assert.Equal(text, Sizes.Rounded(bytes));

    [Theory]
    [InlineData("70Mbit/s", 8_750_000)]
    [InlineData("80MiB/s", 80 << 20)]
    [InlineData("1B/s", 1)]
    [InlineData("1bit/s", 1)]
    public void Rates_are_read_and_written(string text, long bytesPerSecond)
    {
        Assert.True(Rate.TryParse(text, out var rate));
        Assert.Equal(bytesPerSecond, rate.BytesPerSecond);
        Assert.Equal(text, rate.ToString());
    }

    [Theory]
    [InlineData("0Mbit/s")]
    [InlineData("70M")]
    [InlineData("70MB")]
    [InlineData("9223372036854775807GiB/s")]
    public void What_is_no_rate_is_refused(string text) => Assert.False(Rate.TryParse(text, out _));

    [Fact]
    public void Every_rate_that_is_written_is_read_back() =>
        Prop.ForAll<PositiveInt>(bits => Rate.TryParse(new Rate(bits.Get).ToString(), out var back) && back.BitsPerSecond == bits.Get).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_read_or_refused_without_exception() => Prop.ForAll<string, uint>((text, number) =>
    {
        text ??= "";
        foreach (var candidate in (string[])[text, $"{number}{text}", $"{text}:{number}", $"[{text}]:{number}"])
        {
            _ = Durations.TryParse(candidate, out _);
            _ = Sizes.TryParse(candidate, out _);
            _ = Rate.TryParse(candidate, out _);
            _ = Endpoints.TryParse(candidate, out _);
            _ = NetworkSet.TryParse(candidate, out _);
            _ = Secret.TryParse(candidate, out _);
        }
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("127.0.0.1:8006", "127.0.0.1:8006")]
    [InlineData("[::]:8006", "[::]:8006")]
    [InlineData("[2001:db8::1]:65535", "[2001:db8::1]:65535")]
    [InlineData("0.0.0.0:0", "0.0.0.0:0")]
    [InlineData("localhost:1", "127.0.0.1:1")]
    public void Endpoints_are_read(string text, string expected)
    {
        Assert.True(Endpoints.TryParse(text, out var endpoint));
        Assert.Equal(expected, endpoint.ToString());
    }

    [Theory]
    [InlineData("8006")]
    [InlineData(":8006")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1:+1")]
    [InlineData("127.1:80")]
    [InlineData("127.0.0.010:80")]
    [InlineData("::1:80")]
    [InlineData("[127.0.0.1]:80")]
    [InlineData("example.org:80")]
    public void What_is_no_endpoint_is_refused(string text) => Assert.False(Endpoints.TryParse(text, out _));

    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("192.168.1.5", "::ffff:192.168.1.5", true)]
    [InlineData("192.168.1.5", "192.168.1.6", false)]
    [InlineData("2001:db8::/32", "2001:db8:1::1", true)]
    [InlineData("2001:db8::/32", "10.0.0.1", false)]
    public void A_network_holds_its_addresses(string text, string address, bool holds)
    {
        Assert.True(NetworkSet.TryParse(text, out var network));
        Assert.Equal(holds, new NetworkSet([network]).Contains(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10/8")]
    [InlineData("everyone")]
    public void What_is_no_network_is_refused(string text) => Assert.False(NetworkSet.TryParse(text, out _));

    [Fact]
    public void A_secret_matches_itself_alone_and_hides()
    {
        Assert.True(Secret.TryParse("open-sesame", out var secret));

        Assert.True(secret!.Matches("open-sesame"));
        Assert.False(secret.Matches("open-sesam"));
        Assert.False(secret.Matches(""));
        Assert.Equal("(secret)", secret.ToString());
    }
}
