using System.Net;
using Agent.Transmissions;
using Agent.Transmissions.Udpcast;
using Agent.Transmissions.Uftp;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Transmissions;

public sealed class ParameterTests
{
    private static readonly TransmissionOptions Options = new() { Advertise = IPAddress.Loopback };

    [Theory]
    [InlineData("9000:full-duplex:239.194.17.2:70M:20:120", "9000:full-duplex:239.194.17.2:70M:20:120")]
    [InlineData("9098:FULL:239.194.14.00:150m:50:60", "9098:full-duplex:239.194.14.0:150M:50:60")]
    [InlineData(" 9002:half:224.0.0.1:1:1:0\n", "9002:half-duplex:224.0.0.1:1M:1:0")]
    [InlineData("9004:half-duplex:239.255.255.255:999M:1024:86400", "9004:half-duplex:239.255.255.255:999M:1024:86400")]
    [InlineData("9006:broadcast:239.194.17.2:70M:20:120", "9006:broadcast:239.194.17.2:70M:20:120")]
    public void A_session_string_is_understood(string session, string normal)
    {
        Assert.Equal(normal, UdpcastParameters.ParseSession(session, Options).Session);
    }

    [Theory]
    [InlineData("9001:full:239.194.17.2:70M:20:120", "port is \"9001\", but must be an even port from 9000 to 9098, since the one above it is used too")]
    [InlineData("8998:full:239.194.17.2:70M:20:120", "port is \"8998\", but must be an even port from 9000 to 9098")]
    [InlineData("9100:full:239.194.17.2:70M:20:120", "port is \"9100\", but must be an even port from 9000 to 9098")]
    [InlineData("0x2328:full:239.194.17.2:70M:20:120", "port is \"0x2328\"")]
    [InlineData("9000:duplex:239.194.17.2:70M:20:120", "method is \"duplex\", but must be full-duplex (or full), half-duplex (or half) or broadcast")]
    [InlineData("9000:full:192.168.1.1:70M:20:120", "ip is \"192.168.1.1\", but must be an IPv4 multicast address")]
    [InlineData("9000:full:239.194.17:70M:20:120", "ip is \"239.194.17\"")]
    [InlineData("9000:full:239.194.17.256:70M:20:120", "ip is \"239.194.17.256\"")]
    [InlineData("9000:full:239.194.17.2:70G:20:120", "bitrate is \"70G\", but must be a rate in Mbit/s from 1M to 999M")]
    [InlineData("9000:full:239.194.17.2:0M:20:120", "bitrate is \"0M\"")]
    [InlineData("9000:full:239.194.17.2:1000M:20:120", "bitrate is \"1000M\"")]
    [InlineData("9000:full:239.194.17.2:70MM:20:120", "bitrate is \"70MM\"")]
    [InlineData("9000:full:239.194.17.2:70M:0:120", "nclients is \"0\", but must be the number of clients to wait for, from 1 to 1024")]
    [InlineData("9000:full:239.194.17.2:70M:20:-1", "maxtime is \"-1\", but must be the longest time to wait for them in seconds, from 0 to 86400")]
    [InlineData("9000:full:239.194.17.2:70M:20", "such as 9000:full-duplex:239.194.17.2:70M:20:120")]
    [InlineData("", "session is \"\"")]
    public void A_wrong_one_is_refused_with_what_would_be_right(string session, string message)
    {
        var error = Assert.Throws<TransmissionException>(() => UdpcastParameters.ParseSession(session, Options));

        Assert.Equal(TransmissionError.InvalidParameter, error.Error);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        var error = Assert.Throws<TransmissionException>(() => UdpcastParameters.Parse(null, "full", null, "fast", "20", "120", Options));

        Assert.Equal(
            "port is missing: give an even port from 9000 to 9098; ip is missing: give an IPv4 multicast address, 224.0.0.0 to 239.255.255.255; "
            + "bitrate is \"fast\", but must be a rate in Mbit/s from 1M to 999M",
            error.Message);
    }

    [Theory]
    [InlineData("1G", 1_000_000), InlineData("70M", 70_000), InlineData("64K", 64), InlineData("500m", 500_000), InlineData("100G", 100_000_000)]
    public void Rates_of_uftp_are_turned_into_kilobits(string text, int kilobits)
    {
        Assert.Equal(kilobits, UftpParameters.Parse("9000", "239.194.17.2", text, null, null, Options).BitRate);
    }

    [Theory]
    [InlineData("70"), InlineData("1.5M"), InlineData("0K"), InlineData("-1M"), InlineData("M"), InlineData(""), InlineData("101G"), InlineData("99999999999999999999K")]
    [InlineData("70Mbit"), InlineData(null)]
    public void A_rate_that_uftp_would_misunderstand_is_refused(string? text)
    {
        var error = Assert.Throws<TransmissionException>(() => UftpParameters.Parse("9000", "239.194.17.2", text, null, null, Options));

        Assert.Contains("a whole number with K (kbit/s), M (Mbit/s) or G (Gbit/s)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Uftp_goes_to_a_group_or_to_one_client()
    {
        Assert.True(UftpParameters.Parse("9000", "239.194.17.2", "1G", null, null, Options).IsMulticast);
        Assert.False(UftpParameters.Parse("9000", "192.168.1.7", "1G", null, null, Options).IsMulticast);
        Assert.Throws<TransmissionException>(() => UftpParameters.Parse("9000", "255.255.255.255", "1G", null, null, Options));
        Assert.Throws<TransmissionException>(() => UftpParameters.Parse("9000", "239.194.17.2", "1G", null, "10.0.0.1,nobody", Options));
        Assert.Equal(
            [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2")],
            UftpParameters.Parse("9000", "239.194.17.2", "1G", "60", "10.0.0.1, 10.0.0.2", Options).Clients);
    }

    [Fact]
    public void Every_session_that_is_accepted_is_read_back_as_it_was_written()
    {
        var sessions = from port in Gen.Choose(4500, 4549)
                       from method in Gen.Elements("full", "half-duplex", "broadcast")
                       from address in Gen.Choose(224, 239).SelectMany(first => Gen.Choose(0, 0xFFFFFF).Select(rest => (first, rest)))
                       from rate in Gen.Choose(1, 999)
                       from clients in Gen.Choose(1, 1024)
                       from wait in Gen.Choose(0, 86400)
                       let ip = $"{address.first}.{address.rest >> 16}.{(address.rest >> 8) & 255}.{address.rest & 255}"
                       select $"{port * 2}:{method}:{ip}:{rate}M:{clients}:{wait}";

        Prop.ForAll(sessions.ToArbitrary(), session =>
        {
            var parameters = UdpcastParameters.ParseSession(session, Options);
            return parameters == UdpcastParameters.ParseSession(parameters.Session, Options);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_other_text_gives_the_one_kind_of_error()
    {
        Prop.ForAll<string[]>(fields =>
        {
            var texts = fields.Select(field => field?.Replace("\0", "", StringComparison.Ordinal)).Concat(new string?[6]).ToArray();
            return OnlyRefuses(() => UdpcastParameters.Parse(texts[0], texts[1], texts[2], texts[3], texts[4], texts[5], Options))
                && OnlyRefuses(() => UftpParameters.Parse(texts[0], texts[1], texts[2], texts[3], texts[4], Options))
                && OnlyRefuses(() => UdpcastParameters.ParseSession(string.Join(':', texts), Options));
        }).QuickCheckThrowOnFailure();
    }

    private static bool OnlyRefuses(Action parse)
    {
        try
        {
            parse();
        }
        catch (TransmissionException e)
        {
            return e.Error == TransmissionError.InvalidParameter && e.Message.Length > 0;
        }
        return true;
    }
}
