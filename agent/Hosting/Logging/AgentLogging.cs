using Microsoft.Extensions.Logging.Console;

namespace Agent.Hosting.Logging;

/// <summary>
/// Where events are logged: under systemd in the journal, with their values as fields; on standard output with priorities where the journal takes no
/// fields; else on standard output with the time.
/// </summary>
internal static class AgentLogging
{
    /// <param name="builder">The agent.</param>
    /// <param name="level">Least gravity of an event that is logged, as the configuration is now.</param>
    public static void AddAgentLogging(this WebApplicationBuilder builder, Func<LogLevel> level)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddFilter((_, gravity) => gravity >= level());
        builder.Logging.AddFilter("Microsoft.AspNetCore", gravity => gravity >= LogLevel.Warning && gravity >= level());
        builder.Logging.AddFilter("Microsoft.Hosting", gravity => gravity >= LogLevel.Warning && gravity >= level());
        // What keeps the agent from starting, or ends it, is told once and in its own words by ServeRunner, not before with three stack traces.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        if (!JournalStream.IsOurs())
            AddPlain(builder.Logging);
        else if (JournalSocket.TryOpen(JournalSocket.Default) is { } journal)
            builder.Services.AddSingleton<ILoggerProvider>(_ => new JournalLoggerProvider(journal));
        else
            builder.Logging.AddSystemdConsole();
    }

    private static void AddPlain(ILoggingBuilder logging) => logging.AddSimpleConsole(console =>
    {
        console.SingleLine = true;
        console.TimestampFormat = "yyyy-MM-dd HH:mm:ss ";
        console.ColorBehavior = LoggerColorBehavior.Disabled;
    });
}
