using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Downloading;

/// <summary>A web server that has the file (BEP 19): its connections, and whether it is worth asking.</summary>
internal sealed partial class WebSeed
{
    /// <summary>Answers in a row that were of no use, after which it is given up.</summary>
    private const int MostFailures = 5;

    private const int MostWrongPieces = 3;

    private readonly DownloadSwarm _swarm;
    private readonly HttpClient _http;
    private readonly ILogger _logger;
    private readonly WebSeedConnection[] _connections;
    private int _failures;
    private int _wrongPieces;
    private bool _isSequential;
    private string? _problem;

    public WebSeed(DownloadSwarm swarm, HttpClient http, Uri url, ILogger logger)
    {
        _swarm = swarm;
        _http = http;
        _logger = logger;
        Url = FileUrl(url, swarm.Metainfo);
        _connections = [.. Enumerable.Range(0, swarm.Settings.WebSeedConnections).Select(_ => new WebSeedConnection(swarm, this, http))];
    }

    /// <summary>URL of the file.</summary>
    public Uri Url { get; }

    /// <summary>Why it is not asked any more; null while it is.</summary>
    public string? GivenUp { get; private set; }

    /// <summary>Why it is of no use, or the last answer was; null when all is well.</summary>
    public string? Problem => GivenUp ?? _problem;

    /// <summary>Its connections.</summary>
    public IReadOnlyList<PieceSource> Connections => _connections;

    /// <summary>Fetches pieces until <paramref name="stopping"/> or until it is given up.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await Task.WhenAll(_connections.Select(connection => RunAsync(connection, stopping)));
        // At the end of the download it stays what it was: a source, and not one that is gone too.
        if (GivenUp is null)
            return;
        foreach (var connection in _connections)
            _swarm.Retire(connection);
    }

    /// <summary>Counts a piece that was wrong.</summary>
    public void CountWrongPiece(string reason)
    {
        if (Interlocked.Increment(ref _wrongPieces) >= MostWrongPieces)
            GiveUp(reason);
    }

    private async Task RunAsync(WebSeedConnection connection, CancellationToken stopping)
    {
        try
        {
            while (GivenUp is null && !(_isSequential && connection != _connections[0]))
            {
                var problem = _isSequential
                    ? await new WholeFileReader(_swarm, connection, _http, Url).RunAsync(stopping)
                    : await connection.FetchAsync(stopping);
                await TakeNoteAsync(problem, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The end of the download.
        }
    }

    private async Task TakeNoteAsync(string? problem, CancellationToken stopping)
    {
        _problem = problem;
        if (problem is null)
        {
            _failures = 0;
            return;
        }
        if (problem == WebSeedConnection.NoRanges)
        {
            _isSequential = true;
            return;
        }
        LogProblem(Url, problem);
        if (++_failures >= MostFailures)
            GiveUp(problem);
        else
            await Task.Delay(TimeSpan.FromSeconds(Math.Pow(2, _failures - 1)), _swarm.Time, stopping);
    }

    private void GiveUp(string reason)
    {
        if (GivenUp is not null)
            return;
        GivenUp = reason;
        LogGivenUp(Url, reason);
    }

    /// <summary>BEP 19: a URL that ends with a slash is a directory in which the file has its name.</summary>
    private static Uri FileUrl(Uri url, TorrentMetainfo metainfo) =>
        url.AbsolutePath.EndsWith('/') ? new Uri(url, Uri.EscapeDataString(metainfo.Name)) : url;

    [LoggerMessage(3430, LogLevel.Debug, "Web seed {Url}: {Problem}")]
    private partial void LogProblem(Uri url, string problem);

    [LoggerMessage(3431, LogLevel.Warning, "Web seed {Url} is not asked any more: {Problem}")]
    private partial void LogGivenUp(Uri url, string problem);
}
