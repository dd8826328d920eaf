using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.ImageCommands;

namespace Agent.Cli.SendCommands;

/// <summary><c>ogrepo-agent send uftp</c>.</summary>
internal static class SendUftpCommand
{
    public static Command Create(AgentClient client)
    {
        var image = ImageText.CreateArgument();
        var port = new Option<string?>("--port") { Description = "Even port, on which the clients listen.", HelpName = "PORT" };
        var ip = new Option<string?>("--ip") { Description = "Multicast address, or that of one client.", HelpName = "IP" };
        var bitrate = new Option<string?>("--bitrate") { Description = "Rate with K, M or G for kbit/s, Mbit/s or Gbit/s, such as 1G.", HelpName = "RATE" };
        var maxTime = new Option<string?>("--maxtime") { Description = "So many seconds clients are collected.", HelpName = "SECONDS" };
        var clients = new Option<string?>("--clients") { Description = "The only clients that may take part, separated by commas; when all are there it starts at once.", HelpName = "IP,IP…" };
        var command = new ExplainedCommand(
            "uftp", "Sends an image by multicast or unicast with UFTP. Clients must be listening before.",
            "send uftp Windows10.img --port 9000 --ip 239.194.17.2 --bitrate 1G --wait")
        {
            image, port, ip, bitrate, maxTime, clients,
        };
        Sending.Handle(client, command, (parsed, asked, cancellation) => Sending.StartAsync(asked, "uftp", new UftpRequest
        {
            Image = parsed.GetRequiredValue(image),
            Port = parsed.GetValue(port),
            Ip = parsed.GetValue(ip),
            Bitrate = parsed.GetValue(bitrate),
            Maxtime = parsed.GetValue(maxTime),
            Clients = parsed.GetValue(clients),
        }, ApiJson.Readable.UftpRequest, cancellation));
        return command;
    }
}
