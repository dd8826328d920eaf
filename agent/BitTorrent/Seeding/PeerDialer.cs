using System.Net;
using System.Net.Sockets;
using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Seeding;

/// <summary>
/// Dials leechers that announce and have no link. Over plain TCP that reaches all clients, also those that would first try encryption or
/// uTP for seconds or, like Transmission 3.00, for ever.
/// </summary>
internal sealed partial class PeerDialer(Seeder seeder, LeecherFeed feed, ILogger logger) : IDisposable
{
    private const int MaxRemembered = 10_000;

    /// <summary>ctorrent dials by itself at once, and refuses a second link from the same address.</summary>
    private static readonly TimeSpan HeadStartOfCTorrent = TimeSpan.FromSeconds(2);

    /// <summary>A client with a magnet link closes the link when it has the metadata, and Transmission cannot come back by itself.</summary>
    private static readonly TimeSpan AfterMetadata = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LaterRetry = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _halfOpen = new(seeder.Settings.MaxHalfOpen);
    private readonly Lock _lock = new();
    private readonly Dictionary<(InfoHash, PeerAddress, ushort), Attempt> _attempts = [];

    /// <summary>Dials until <paramref name="stopping"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var leecher in feed.Announced.ReadAllAsync(stopping))
            {
                if (seeder.Settings.AllowedNetworks.Contains(leecher.Address.ToIPAddress()) && !seeder.IsLinked(leecher) && TryBegin(leecher))
                    _ = AttemptAsync(leecher, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The end of the service.
        }
    }

    public void Dispose() => _halfOpen.Dispose();

    private bool TryBegin(in AnnouncedLeecher leecher)
    {
        var key = (leecher.InfoHash, leecher.Address, leecher.Port);
        lock (_lock)
        {
            if (_attempts.TryGetValue(key, out var last) && (last.IsUnderWay || seeder.Now < last.NotBefore))
                return false;
            if (_attempts.Count >= MaxRemembered)
                Forget();
            if (_attempts.Count >= MaxRemembered)
                return false;
            _attempts[key] = last with { IsUnderWay = true };
            return true;
        }
    }

    private async Task AttemptAsync(AnnouncedLeecher leecher, CancellationToken stopping)
    {
        var reached = false;
        try
        {
            if (leecher.Id.StartsWith("-CD"u8))
                await Task.Delay(HeadStartOfCTorrent, seeder.Time, stopping);
            if (seeder.IsLinked(leecher))
                return;
            await _halfOpen.WaitAsync(stopping);
            try
            {
                reached = await DialAsync(leecher, stopping);
            }
            finally
            {
                _halfOpen.Release();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The end of the service.
        }
        finally
        {
            End(leecher, reached);
        }
    }

    private async Task<bool> DialAsync(AnnouncedLeecher leecher, CancellationToken stopping)
    {
        var remote = new IPEndPoint(leecher.Address.ToIPAddress(), leecher.Port);
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            using var late = new CancellationTokenSource(seeder.Settings.DialTimeout, seeder.Time);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping, late.Token);
            await socket.ConnectAsync(remote, limit.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            LogUnreachable(remote, e.Message);
            return false;
        }
        _ = ServeAsync(socket, remote, leecher, stopping);
        return true;
    }

    private async Task ServeAsync(Socket socket, IPEndPoint remote, AnnouncedLeecher leecher, CancellationToken stopping)
    {
        var link = new PeerConnection(seeder, socket, remote, logger);
        if (seeder.TryAdd(link))
            await link.RunAsync(leecher.InfoHash);
        socket.Dispose();
        if (!link.HasServedMetadata)
            return;
        try
        {
            await Task.Delay(AfterMetadata, seeder.Time, stopping);
            if (!seeder.IsLinked(leecher))
                await DialAsync(leecher, stopping);
        }
        catch (OperationCanceledException)
        {
            // The end of the service.
        }
    }

    private void End(in AnnouncedLeecher leecher, bool reached)
    {
        var key = (leecher.InfoHash, leecher.Address, leecher.Port);
        lock (_lock)
        {
            var failures = reached ? 0 : _attempts[key].Failures + 1;
            var pause = failures > 1 ? LaterRetry : FirstRetry;
            _attempts[key] = new Attempt(false, failures, seeder.Now + (long)(pause.TotalSeconds * seeder.Time.TimestampFrequency));
        }
    }

    private void Forget()
    {
        foreach (var (key, attempt) in _attempts)
        {
            if (!attempt.IsUnderWay && attempt.NotBefore < seeder.Now)
                _attempts.Remove(key);
        }
    }

    private readonly record struct Attempt(bool IsUnderWay, int Failures, long NotBefore);

    [LoggerMessage(3140, LogLevel.Debug, "{Remote} announced but cannot be reached: {Reason}")]
    private partial void LogUnreachable(IPEndPoint remote, string reason);
}
