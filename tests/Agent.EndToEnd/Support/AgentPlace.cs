namespace Agent.EndToEnd.Support;

/// <summary>Where an agent runs.</summary>
/// <param name="Command">Program and arguments that start it, which have to become the agent itself; nothing where it runs beside the test.</param>
/// <param name="Connection">How its API is reached from the test.</param>
public sealed record AgentPlace(IReadOnlyList<string> Command, Func<HttpMessageHandler> Connection)
{
    /// <summary>Beside the test.</summary>
    public static AgentPlace Here { get; } = new([], () => new SocketsHttpHandler());

    /// <summary>Beside the test, with SIGHUP as systemd leaves it: where tests run under <c>nohup</c>, all they start would ignore it.</summary>
    public static AgentPlace AsService { get; } = new(["env", "--default-signal=HUP"], () => new SocketsHttpHandler());
}
