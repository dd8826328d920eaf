using System.Runtime.InteropServices;
using System.Threading.Channels;
using Agent.BitTorrent.Seeding;
using Agent.Common;
using Agent.Configuration;
using Agent.Hosting.Systemd;
using Agent.Indexing.Hashing;

namespace Agent.Hosting.Reloading;

/// <summary>
/// Reads the configuration again at SIGHUP. What can change while the agent runs changes at once; what cannot is named. A configuration that is
/// wrong in any part is refused whole, and the one before goes on.
/// </summary>
internal sealed partial class Reloader : BackgroundService
{
    private readonly Func<AgentConfiguration> _read;
    private readonly IReadOnlyDictionary<string, object?> _start;
    private readonly LiveOptions _live;
    private readonly ReadPace _pace;
    private readonly SeederService? _seeder;
    private readonly ServiceNotifier _notifier;
    private readonly ILogger<Reloader> _logger;
    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly PosixSignalRegistration _signal;
    private IReadOnlyDictionary<string, object?> _last;

    /// <summary>Listens for the signal from now on.</summary>
    /// <param name="source">Where the configuration comes from.</param>
    /// <param name="live">Where it is told.</param>
    /// <param name="pace">Has a rate of its own.</param>
    /// <param name="notifier">Tells systemd.</param>
    /// <param name="services">Knows the seeder, where there is one.</param>
    /// <param name="logger">For what came of it.</param>
    public Reloader(ConfigurationSource source, LiveOptions live, ReadPace pace, ServiceNotifier notifier, IServiceProvider services, ILogger<Reloader> logger)
    {
        (_read, _start, _live, _pace, _notifier, _logger) = (source.Read, source.Start.Values, live, pace, notifier, logger);
        _last = _start;
        _seeder = services.GetService<SeederService>();
        _signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            _asked.Writer.TryWrite(true);
        });
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _signal.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in _asked.Reader.ReadAllAsync(stoppingToken))
        {
            _notifier.Reloading();
            Reload();
            _notifier.Ready();
        }
    }

    private void Reload()
    {
        try
        {
            var configuration = _read();
            var options = configuration.Check();
            var changes = ConfigurationChanges.Of(_start, _last, configuration.Values);
            // The content of the key's file may have changed where its name has not.
            Apply(options, KeyOf(options));
            _last = configuration.Values;
            LogReloaded(changes.Taken.Count == 0 ? "no key that can change now has changed" : string.Join(", ", changes.Taken));
            if (changes.Waiting.Count > 0)
                LogWaiting(string.Join(", ", changes.Waiting));
        }
        catch (ConfigurationException e)
        {
            LogRefused(e.Message);
        }
    }

    private void Apply(AgentOptions options, Secret key)
    {
        _live.Replace(options, key);
        _pace.Limit(options.Indexing.RateLimit?.BytesPerSecond ?? 0);
        _seeder?.Limit(options.Seeder.RateLimit?.BytesPerSecond ?? 0);
    }

    private static Secret KeyOf(AgentOptions options)
    {
        if (options.ApiKeyFile is not { } file)
            return options.Server.ApiKey!;
        var (key, problem) = KeyFile.Read(file);
        return key ?? throw new ConfigurationException([new ConfigurationError(file, "server.api_key_file", problem!)]);
    }

    [LoggerMessage(5201, LogLevel.Information, "The configuration was read again. Changed: {Keys}")]
    private partial void LogReloaded(string keys);

    [LoggerMessage(5202, LogLevel.Warning, "These keys were changed too; they need a restart: {Keys}")]
    private partial void LogWaiting(string keys);

    [LoggerMessage(5203, LogLevel.Error, "The configuration was read again and refused; the one before goes on. {Reason}")]
    private partial void LogRefused(string reason);
}

/// <summary>Where the configuration comes from.</summary>
/// <param name="Start">As it was read at the start.</param>
/// <param name="Read">Reads it again, the command line included; throws <see cref="ConfigurationException"/>.</param>
public sealed record ConfigurationSource(AgentConfiguration Start, Func<AgentConfiguration> Read)
{
    /// <summary>Reads it for the first time.</summary>
    /// <exception cref="ConfigurationException">It cannot be read.</exception>
    public static ConfigurationSource Of(Func<AgentConfiguration> read) => new(read(), read);
}
