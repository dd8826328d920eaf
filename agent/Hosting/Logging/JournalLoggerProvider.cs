using System.Globalization;

namespace Agent.Hosting.Logging;

/// <summary>
/// Logs into the journal. Besides the message, its priority, and who logs it, an entry has each value of the message as a field of its own:
/// <c>journalctl OGREPO_IMAGE=Windows10.img</c> shows what happened to an image. Values that are secret show as such.
/// </summary>
internal sealed class JournalLoggerProvider(JournalSocket journal) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new JournalLogger(journal, categoryName);

    /// <inheritdoc/>
    public void Dispose() => journal.Dispose();

    private sealed class JournalLogger(JournalSocket journal, string category) : ILogger
    {
        private const string Program = "ogrepo-agent";

        /// <summary>The key under which loggers give the message's template.</summary>
        private const string Template = "{OriginalFormat}";

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var message = formatter(state, exception);
            var entry = new JournalEntry();
            entry.Add("MESSAGE", exception is null ? message : $"{message}: {exception.Message}");
            entry.Add("PRIORITY", Priority(logLevel).ToString(CultureInfo.InvariantCulture));
            entry.Add("SYSLOG_IDENTIFIER", Program);
            entry.Add("OGREPO_LOGGER", category);
            entry.Add("OGREPO_EVENT", eventId.Id.ToString(CultureInfo.InvariantCulture));
            if (exception is not null)
                entry.Add("OGREPO_EXCEPTION", exception.ToString());
            foreach (var (key, value) in state as IReadOnlyList<KeyValuePair<string, object?>> ?? [])
            {
                if (key != Template)
                    entry.Add(JournalEntry.NameOf(key), Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
            }
            // Standard output goes to the journal too, as plain lines.
            if (!journal.TrySend(entry.Bytes))
                Console.Out.WriteLine($"<{Priority(logLevel)}>{category}[{eventId.Id}] {message.ReplaceLineEndings(" ")}");
        }

        /// <summary>As syslog(3) counts: 2 critical, 3 error, 4 warning, 6 information, 7 debug.</summary>
        private static int Priority(LogLevel level) => level switch
        {
            LogLevel.Critical => 2,
            LogLevel.Error => 3,
            LogLevel.Warning => 4,
            LogLevel.Information => 6,
            _ => 7,
        };
    }
}
