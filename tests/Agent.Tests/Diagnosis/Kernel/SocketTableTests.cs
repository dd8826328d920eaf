using System.Net;
using System.Net.Sockets;
using Agent.Adoption;
using Agent.Diagnosis.Kernel;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Diagnosis.Kernel;

public sealed class SocketTableTests
{
    [Fact]
    public void A_listening_socket_is_read()
    {
        var socket = SocketTable.Parse("   0: 0100007F:1F46 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12345 1 0000000000000000 100 0 0 10 0", isTcp: true);

        Assert.Equal(new SocketEntry(true, new IPEndPoint(IPAddress.Loopback, 8006), true, 1000, 12345), socket);
    }

    [Fact]
    public void One_of_IPv6_is_read()
    {
        var socket = SocketTable.Parse("   1: 00000000000000000000000001000000:1B39 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 77 2 0 0", isTcp: false);

        Assert.Equal(new SocketEntry(false, new IPEndPoint(IPAddress.IPv6Loopback, 6969), true, 0, 77), socket);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode")]
    [InlineData("   0: 0100007F 00000000:0000 0A 0:0 00:0 0 1000 0 12345")]
    [InlineData("   0: 0100007G:1F46 00000000:0000 0A 0:0 00:0 0 1000 0 12345")]
    [InlineData("   0: 0100007F:1F46 00000000:0000 0A 0:0 00:0 0 -1 0 12345")]
    [InlineData("   0: 0100007F:1F46 00000000:0000 0A 0:0 00:0 0 1000 0 x")]
    public void What_is_no_socket_is_passed_over(string line) => Assert.Null(SocketTable.Parse(line, isTcp: true));

    [Fact]
    public void Whatever_the_kernel_writes_is_read_back() => Prop.ForAll<byte[], ushort, uint>((some, port, user) =>
    {
        var inode = 3UL * user;
        var address = new IPAddress([.. some.Concat(new byte[16]).Take(some.Length % 2 == 0 ? 4 : 16)]);
        var words = address.GetAddressBytes().Chunk(4).Select(word => BitConverter.ToUInt32(word).ToString("X8"));

        var socket = SocketTable.Parse($"  12: {string.Concat(words)}:{port:X4} 00000000:0000 01 00000000:00000000 00:00000000 00000000 {user} 0 {inode} 1 0", isTcp: true);

        Assert.Equal(new SocketEntry(true, new IPEndPoint(address, port), false, user, inode), socket);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_makes_it_fail() => Prop.ForAll<string>(line => { _ = SocketTable.Parse(line ?? "", isTcp: true); }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_socket_of_this_machine_is_found_with_its_process()
    {
        var here = new ServerRoot("/");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var entry = Assert.Single(SocketTable.Read(here), entry => !entry.IsTcp && entry.IsListening && entry.Local.Equals(socket.LocalEndPoint));

        Assert.Contains(ProcessTable.Read(here).OwnersOf(entry.Inode), process => process.Id == Environment.ProcessId);
    }
}
