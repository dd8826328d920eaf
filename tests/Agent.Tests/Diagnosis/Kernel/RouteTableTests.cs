using System.Buffers.Binary;
using System.Net;
using Agent.Diagnosis.Kernel;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Diagnosis.Kernel;

public sealed class RouteTableTests
{
    private static readonly IPAddress Group = IPAddress.Parse("239.194.16.140");

    [Fact]
    public void The_narrowest_route_is_taken_and_of_those_the_one_of_the_least_metric()
    {
        var routes = Read(
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
            "eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
            "eth1\t000000E0\t00000000\t0001\t0\t0\t100\t000000F0\t0\t0\t0",
            "eth2\t000000E0\t00000000\t0001\t0\t0\t50\t000000F0\t0\t0\t0");

        Assert.Equal("eth2", routes.To(Group)?.Interface);
        Assert.True(routes.To(IPAddress.Parse("10.0.0.1"))?.IsDefault);
    }

    [Fact]
    public void Routes_that_are_down_or_refuse_lead_nowhere()
    {
        var routes = Read("eth0\t00000000\t0101A8C0\t0002\t0\t0\t0\t00000000\t0\t0\t0", "*\t000000E0\t00000000\t0201\t0\t0\t0\t000000F0\t0\t0\t0");

        Assert.Null(routes.To(Group));
    }

    [Fact]
    public void Whatever_the_kernel_writes_leads_to_its_own_network() => Prop.ForAll<uint, byte>((network, prefix) =>
    {
        var mask = prefix % 33 == 0 ? 0 : uint.MaxValue << (32 - prefix % 33);
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, network & mask);
        var line = $"eth9\t{BitConverter.ToUInt32(bytes):X8}\t00000000\t0001\t0\t0\t7\t{BinaryPrimitives.ReverseEndianness(mask):X8}\t0\t0\t0";

        Assert.Equal(new NetworkRoute("eth9", network & mask, mask, 7), RouteTable.Parse(line));
        Assert.Equal("eth9", Read(line).To(new IPAddress(bytes))?.Interface);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_makes_it_fail() => Prop.ForAll<string>(line => { _ = RouteTable.Parse(line ?? ""); }).QuickCheckThrowOnFailure();

    private static List<NetworkRoute> Read(params string[] lines) => [.. lines.Select(RouteTable.Parse).OfType<NetworkRoute>()];
}
