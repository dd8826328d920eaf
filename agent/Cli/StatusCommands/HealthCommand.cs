using System.CommandLine;
using System.Text;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.StatusCommands;

/// <summary><c>ogrepo-agent health</c>: whether a running agent has read its image directory. Needs no key.</summary>
internal static class HealthCommand
{
    public static Command Create(AgentClient client)
    {
        var command = new ExplainedCommand("health", "Succeeds if the agent is there and has read the image directory; needs no key, for scripts that wait for it.", "health");
        client.Handle(command, async (_, session, cancellation) =>
        {
            // Of an agent that is starting the answer is a refusal with its own words.
            var answer = await session.Agent.GetAsync("healthz", cancellation);
            if (session.IsJson)
                Output.Raw("""{"success":true}"""u8.ToArray());
            else
                Output.Line(Encoding.UTF8.GetString(answer.Body).Trim());
            return ExitCode.Done;
        });
        return command;
    }
}
