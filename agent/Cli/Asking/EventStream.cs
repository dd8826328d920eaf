namespace Agent.Cli.Asking;

/// <summary>A connection on which an agent tells events, without end.</summary>
internal sealed class EventStream : IDisposable
{
    /// <summary>The agent gives a sign of life every 15 s; without any for so long, it is gone.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(45);

    private readonly HttpResponseMessage _response;
    private readonly BoundedLines _lines;
    private readonly EventReader _reader = new();

    private EventStream(HttpResponseMessage response, Stream stream) => (_response, _lines) = (response, new BoundedLines(stream, EventReader.Longest));

    /// <summary>Opens a connection.</summary>
    /// <exception cref="CommandException">The agent is not there, or refuses.</exception>
    public static async Task<EventStream> OpenAsync(AgentConnection agent, string path, CancellationToken cancellation)
    {
        var response = await agent.OpenAsync(path, cancellation);
        if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
            return new EventStream(response, await response.Content.ReadAsStreamAsync(cancellation));
        response.Dispose();
        throw AgentAnswer.Stranger();
    }

    /// <summary>What the next event carries.</summary>
    /// <exception cref="CommandException">The connection is lost.</exception>
    public async Task<string> NextAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            while (true)
            {
                limit.CancelAfter(LongestSilence);
                if (await _lines.ReadAsync(limit.Token) is not { } line)
                    throw Lost("it has ended the connection, as when it stops.");
                if (_reader.Take(line) is { } data)
                    return data;
            }
        }
        catch (IOException e)
        {
            throw Lost(e.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Lost($"it has given no sign of life for {LongestSilence.TotalSeconds:F0} s.");
        }
    }

    public void Dispose() => _response.Dispose();

    private static CommandException Lost(string reason) => new($"The agent cannot be reached any more: {reason}", ExitCode.Unreachable);
}
