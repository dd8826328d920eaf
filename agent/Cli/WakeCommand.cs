using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;
using Agent.Transmissions;

namespace Agent.Cli;

/// <summary><c>ogrepo-agent wol</c>: wakes computers.</summary>
internal static class WakeCommand
{
    public static Command Create(AgentClient client)
    {
        var addresses = new Argument<string[]>("MAC") { Description = "Hardware addresses, such as 00:11:22:AA:BB:CC.", Arity = ArgumentArity.OneOrMore };
        addresses.Validators.Add(given =>
        {
            foreach (var token in given.Tokens.Where(token => !WakeOnLan.TryParse(token.Value, out _)))
                given.AddError($"\"{Output.Visible(token.Value)}\" is not a hardware address; write for example 00:11:22:AA:BB:CC.");
        });
        var broadcast = new Option<string?>("--broadcast") { Description = "Where the packets are sent. Default: 255.255.255.255.", HelpName = "IP" };
        var command = new ExplainedCommand(
            "wol", "Wakes computers: the agent sends each its magic packet (Wake-on-LAN). With --json there is an answer for each.", "wol 00:11:22:AA:BB:CC 00:11:22:AA:BB:CD --broadcast 192.168.56.255")
        {
            addresses, broadcast,
        };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            foreach (var address in parsed.GetRequiredValue(addresses))
            {
                var answer = await session.Agent.SendAsync(
                    HttpMethod.Post, ApiPath.Of("wol"), new WakeRequest(parsed.GetValue(broadcast), address), ApiJson.Readable.WakeRequest, cancellation);
                session.Print(answer, ApiJson.Readable.DoneResponse, done => Output.Line(done.Output));
            }
            return ExitCode.Done;
        });
        return command;
    }
}
