using Microsoft.Extensions.Logging.Console;

namespace Agent.Hosting;

/// <summary>Log lines to standard output, one an event: with priorities for the journal under systemd, else with the time.</summary>
internal static class AgentLogging
{
    public static void AddAgentLogging(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting", LogLevel.Warning);
        // What keeps the agent from starting, or ends it, is told once and in its own words by ServeRunner, not before with three stack traces.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        if (Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null)
            builder.Logging.AddSystemdConsole();
        else
            builder.Logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "yyyy-MM-dd HH:mm:ss ";
                console.ColorBehavior = LoggerColorBehavior.Disabled;
            });
    }
}
