using System.Globalization;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Transmissions;

/// <summary>A client of a classroom.</summary>
/// <param name="Enter">What a program is started by to run there.</param>
/// <param name="Interface">Its network interface.</param>
/// <param name="Name">What it is called in a transmission by UDPcast.</param>
/// <param name="UftpName">What it is called in one by UFTP.</param>
internal sealed record Seat(IReadOnlyList<string> Enter, string Interface, string Name, string UftpName)
{
    private const string GroupInHex = "0211C2EF";

    /// <summary>Starts <c>udp-receiver</c> as OpenGnsys' clients do.</summary>
    public ReceivingProgram UdpReceiver(int port, string file) => new(
        Enter, "udp-receiver",
        [
            "--nokbd", "--portbase", Text(port), "--interface", Interface, "--ttl", "16", "--start-timeout", "90", "--receive-timeout", "60",
            "--file", file,
        ]);

    /// <summary>Starts <c>uftpd</c> and returns when it listens.</summary>
    public async Task<ReceivingProgram> UftpReceiverAsync(int port, string directory)
    {
        Directory.CreateDirectory(directory);
        string[] identity = UftpName == Name ? [] : ["-U", "0x0A000001"];
        var receiver = new ReceivingProgram(
            Enter, "uftpd", ["-d", "-q", "-I", Interface, "-M", Classroom.Group, "-p", Text(port), .. identity, "-D", directory]);
        await Eventually.SeeAsync(
            () => Task.FromResult(Listens(receiver, port) ? receiver : null), "uftpd listens", () => receiver.Log);
        return receiver;
    }

    /// <summary>Loopback takes no multicast, so that nothing is joined there.</summary>
    private bool Listens(ReceivingProgram receiver, int port) =>
        receiver.Proc("net/udp").Contains($":{port:X4} ", StringComparison.Ordinal)
        && (UftpName != Name || receiver.Proc("net/igmp").Contains(GroupInHex, StringComparison.Ordinal));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
