using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Agent.Cli.Asking;

/// <summary>What the agent answered to a request that it carried out.</summary>
/// <param name="Status">A status of success.</param>
/// <param name="Body">The body as it came.</param>
internal sealed record AgentAnswer(HttpStatusCode Status, byte[] Body)
{
    /// <summary>The body as a record.</summary>
    /// <exception cref="CommandException">It is something else.</exception>
    public T Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw Stranger();
        }
        catch (JsonException)
        {
            throw Stranger();
        }
    }

    /// <summary>The answer with another body, for commands that print a part of it.</summary>
    /// <inheritdoc cref="Read"/>
    public AgentAnswer With<T>(JsonTypeInfo<T> type, Func<T, T> change) => this with { Body = JsonSerializer.SerializeToUtf8Bytes(change(Read(type)), type) };

    /// <summary>What answered is something else.</summary>
    public static CommandException Stranger() => new("What answered is no ogrepo-agent, or one of another version.", ExitCode.Unreachable);
}
