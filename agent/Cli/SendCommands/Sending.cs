using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Agent.Api;
using Agent.Cli.Asking;

namespace Agent.Cli.SendCommands;

/// <summary>What the commands that send an image have in common: the start, and then, with <c>--wait</c>, the rest.</summary>
internal static class Sending
{
    /// <summary>Says what a command that sends does.</summary>
    /// <param name="client">Talks to the agent.</param>
    /// <param name="command">The command; it gets the options of waiting.</param>
    /// <param name="start">Starts the transmission, and returns the agent's answer.</param>
    /// <param name="isEnough">True where waiting may end with the transmission still under way.</param>
    /// <returns>The option <c>--wait</c>.</returns>
    public static Option<bool> Handle(
        AgentClient client,
        Command command,
        Func<ParseResult, AgentSession, CancellationToken, Task<AgentAnswer>> start,
        Func<ParseResult, TransmissionResponse, bool>? isEnough = null)
    {
        var wait = new Option<bool>("--wait") { Description = "Show the progress until the end; succeed if every client has got the image." };
        var cancel = new Option<bool>("--cancel-on-interrupt") { Description = "With --wait: Ctrl-C cancels the transmission. Else it goes on." };
        command.Options.Add(wait);
        command.Options.Add(cancel);
        Require(command, cancel, wait);
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var started = await start(parsed, session, cancellation);
            if (!parsed.GetValue(wait))
                return session.Print(started, ApiJson.Readable.TransmissionResponse, TransmissionText.Print);
            var following = new TransmissionFollowing(session, parsed.GetValue(cancel));
            return await following.UntilEndAsync(
                started.Read(ApiJson.Readable.TransmissionResponse).Id, transmission => isEnough?.Invoke(parsed, transmission) ?? false, cancellation);
        });
        return wait;
    }

    /// <summary>Refuses an option that says nothing without another one.</summary>
    public static void Require(Command command, Option option, Option<bool> other) => command.Validators.Add(given =>
    {
        if (given.GetResult(option) is { Implicit: false } && !given.GetValue(other))
            given.AddError($"{option.Name} says something only with {other.Name}.");
    });

    /// <summary>Asks for a transmission; the agent answers when it has really started.</summary>
    public static Task<AgentAnswer> StartAsync<T>(AgentSession session, string protocol, T request, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        session.Agent.SendAsync(HttpMethod.Post, ApiPath.Of($"images/{protocol}"), request, type, cancellation);
}
