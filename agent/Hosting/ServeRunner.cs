using System.Net.Sockets;
using Agent.Api;
using Agent.BitTorrent;
using Agent.Configuration;
using Agent.Hosting.Reloading;
using Agent.Hosting.Systemd;
using Agent.Indexing.Repair;
using Agent.Transmissions;

namespace Agent.Hosting;

/// <summary>Runs the agent until it is told to stop, and says by its exit code how that went.</summary>
public static partial class ServeRunner
{
    private const int Stopped = 0;
    private const int Failed = 1;
    private const int Misconfigured = 2;

    /// <summary>Runs until SIGTERM or SIGINT.</summary>
    /// <returns>0 after an orderly stop; 1 if a part failed; 2 if it cannot start as configured, a busy port included.</returns>
    public static async Task<int> RunAsync(ConfigurationSource source, TextWriter errors, CancellationToken cancellation)
    {
        try
        {
            var sockets = ActivatedSockets.Take();
            var options = Listening(source.Start.Check(), sockets);
            Directory.CreateDirectory(options.Repository.State);
            var key = ApiKeyProvision.Provide(options, out var createdKey);
            await using var app = AgentServer.Build(options, key, source, sockets);
            return await RunAsync(app, options, createdKey, cancellation);
        }
        catch (ConfigurationException e)
        {
            await errors.WriteLineAsync(e.Message);
            return Misconfigured;
        }
        catch (Exception e) when (e is ListenException or IOException or UnauthorizedAccessException or SocketException)
        {
            await errors.WriteLineAsync($"ogrepo-agent cannot start: {e.Message}");
            return Misconfigured;
        }
    }

    /// <summary>Where a socket was handed over, that is where the API listens, whatever the configuration says.</summary>
    private static AgentOptions Listening(AgentOptions options, ActivatedSockets sockets) =>
        sockets.EndPoint is { } handed ? options with { Server = options.Server with { Listen = handed } } : options;

    private static async Task<int> RunAsync(WebApplication app, AgentOptions options, string? createdKey, CancellationToken cancellation)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Agent.Hosting");
        if (createdKey is not null)
            LogKeyMade(logger, createdKey);
        _ = app.Services.GetRequiredService<AgentIdentity>();
        app.Services.GetRequiredService<SenderLauncher>().EndOrphans();
        // Before the images are looked at for the first time.
        app.Services.GetRequiredService<RepairJournal>().Recover();
        await app.StartAsync(cancellation);
        var urls = AgentServer.Addresses(app.Services);
        LogServing(logger, options.Repository.Images, urls[0]);
        if (urls.Count > 1)
            LogReplicas(logger, urls[1]);
        await app.WaitForShutdownAsync(cancellation);
        return FaultedService(app) is { } fault ? Report(logger, fault) : Stopped;
    }

    /// <summary>
    /// The host stops when a background service fails, but would end with 0, after which systemd's Restart=on-failure leaves it down.
    /// </summary>
    private static Exception? FaultedService(WebApplication app) => app.Services.GetServices<IHostedService>().OfType<BackgroundService>()
        .Select(service => service.ExecuteTask?.Exception?.GetBaseException()).FirstOrDefault(exception => exception is not null);

    private static int Report(ILogger logger, Exception fault)
    {
        LogFault(logger, fault);
        return Failed;
    }

    [LoggerMessage(5001, LogLevel.Information, "A new API key was made: it stands in {Path}")]
    private static partial void LogKeyMade(ILogger logger, string path);

    [LoggerMessage(5002, LogLevel.Information, "Serving {Images} on {Urls}")]
    private static partial void LogServing(ILogger logger, string images, string urls);

    [LoggerMessage(5004, LogLevel.Information, "Copies of other repositories are published on {Url}")]
    private static partial void LogReplicas(ILogger logger, string url);

    [LoggerMessage(5003, LogLevel.Critical, "A part of the agent failed, so it ends")]
    private static partial void LogFault(ILogger logger, Exception exception);
}
