using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.ImageCommands;

namespace Agent.Cli.SendCommands;

/// <summary><c>ogrepo-agent send udpcast</c>.</summary>
internal static class SendUdpcastCommand
{
    public static Command Create(AgentClient client)
    {
        var image = ImageText.CreateArgument();
        var port = new Option<string?>("--port") { Description = "Even base port; the one above it is used too.", HelpName = "PORT" };
        var method = new Option<string?>("--method") { Description = "full, half or broadcast.", HelpName = "METHOD" };
        var ip = new Option<string?>("--ip") { Description = "Multicast address.", HelpName = "IP" };
        var bitrate = new Option<string?>("--bitrate") { Description = "Rate in Mbit/s, such as 70M.", HelpName = "RATE" };
        var clients = new Option<string?>("--nclients") { Description = "With so many clients it starts at once.", HelpName = "N" };
        var maxTime = new Option<string?>("--maxtime") { Description = "So many seconds after the first client it starts with those that are there.", HelpName = "SECONDS" };
        var session = new Option<string?>("--session") { Description = "All of it in one, as OpenGnsys writes it: PORT:METHOD:IP:RATE:N:SECONDS.", HelpName = "SESSION" };
        Option<string?>[] fields = [port, method, ip, bitrate, clients, maxTime];
        var command = new ExplainedCommand(
            "udpcast", "Sends an image by multicast with UDPcast. Clients may join from the moment on that it has started.",
            "send udpcast Windows10.img --port 9000 --method full --ip 239.194.17.2 --bitrate 70M --nclients 20 --maxtime 120 --wait",
            "send udpcast Windows10.img --session 9000:full-duplex:239.194.17.2:70M:20:120")
        {
            image, port, method, ip, bitrate, clients, maxTime, session,
        };
        command.Validators.Add(given =>
        {
            if (given.GetResult(session) is not null && fields.Any(field => given.GetResult(field) is not null))
                given.AddError("--session says all of it already: leave the other options away.");
        });
        Sending.Handle(client, command, (parsed, asked, cancellation) => Sending.StartAsync(asked, "udpcast", new UdpcastRequest
        {
            Image = parsed.GetRequiredValue(image),
            Port = parsed.GetValue(port),
            Method = parsed.GetValue(method),
            Ip = parsed.GetValue(ip),
            Bitrate = parsed.GetValue(bitrate),
            Nclients = parsed.GetValue(clients),
            Maxtime = parsed.GetValue(maxTime),
            Session = parsed.GetValue(session),
        }, ApiJson.Readable.UdpcastRequest, cancellation));
        return command;
    }
}
