using System.Net;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Wire;

namespace Agent.BitTorrent.Downloading;

/// <summary>What the sources of one download share: the board, the file, who is linked, and what was announced to all of them.</summary>
internal sealed partial class DownloadSwarm
{
    private const int MinOpenPieces = 2;
    private const int MostRemembered = 200;

    private readonly ILogger _logger;
    private readonly PieceVerifier _verifier;
    private readonly Lock _linksLock = new();
    private readonly List<LeechLink> _links = [];
    private readonly List<SourceSnapshot> _gone = [];
    private readonly PieceSet _announced;
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _fetched;
    private long _discarded;
    private long _uploaded;
    private long _packed;
    private long _progress;
    private long _arrived;
    private bool _isClosed;

    public DownloadSwarm(TorrentMetainfo metainfo, DownloadSettings settings, PieceStore store, TimeProvider time, ILogger logger)
    {
        Metainfo = metainfo;
        Settings = settings;
        Store = store;
        Time = time;
        _logger = logger;
        Directory = new PeerDirectory(time);
        var company = settings.Companions is null ? null : new SourceDivision(settings.PeerId, Layout.PieceCount);
        Board = new PieceBoard(Layout, piece => !store.Needs(piece), Math.Max(MinOpenPieces, settings.MaxBuffered / metainfo.PieceLength), company);
        FetchLimit = new RateLimit(settings.RateLimit, time);
        UploadLimit = new RateLimit(settings.UploadLimit, time);
        _verifier = new PieceVerifier(this);
        _announced = new PieceSet(Layout.PieceCount);
        _announced.TrySet(store.Bitfield());
        _progress = time.GetTimestamp();
        _arrived = _progress;
        Company = new Company(this, settings.Companions);
        Company.Tick();
        if (Board.Missing == 0)
            _complete.TrySetResult();
    }

    public TorrentMetainfo Metainfo { get; }

    public PieceLayout Layout => Metainfo.Layout;

    public DownloadSettings Settings { get; }

    public PieceStore Store { get; }

    public TimeProvider Time { get; }

    public PeerDirectory Directory { get; }

    public PieceBoard Board { get; }

    public Company Company { get; }

    public RateLimit FetchLimit { get; }

    public RateLimit UploadLimit { get; }

    /// <summary>Port told to peers; set once it is known.</summary>
    public int Port { get; set; }

    /// <summary>Done when every piece is there.</summary>
    public Task Complete => _complete.Task;

    /// <summary>Bytes of data received.</summary>
    public long Fetched => Interlocked.Read(ref _fetched);

    /// <summary>Bytes received for nothing.</summary>
    public long Discarded => Interlocked.Read(ref _discarded);

    /// <summary>Bytes of data sent.</summary>
    public long Uploaded => Interlocked.Read(ref _uploaded);

    /// <summary>How long no piece has come.</summary>
    public TimeSpan Stalled => Time.GetElapsedTime(Volatile.Read(ref _progress));

    /// <summary>How long no data at all has come.</summary>
    public TimeSpan Silent => Time.GetElapsedTime(Volatile.Read(ref _arrived));

    /// <summary>Bytes of data that did not have to be sent, because others were packed into fewer.</summary>
    public long Packed => Interlocked.Read(ref _packed);

    /// <summary>The links at this moment.</summary>
    public LeechLink[] Links
    {
        get
        {
            lock (_linksLock)
                return [.. _links];
        }
    }

    /// <summary>Verifies pieces until <paramref name="stopping"/>.</summary>
    public Task VerifyAsync(CancellationToken stopping) => _verifier.RunAsync(stopping);

    /// <summary>
    /// Takes in a link, and has it greet its peer with what has been announced to all others; false at the end, and where there is a
    /// better link to the same peer.
    /// </summary>
    public bool Join(LeechLink link, Action<PieceSet> greet)
    {
        // Greeting and joining are one: a peer is told of each piece once, by the bitfield or by a have.
        lock (_linksLock)
        {
            var other = _links.Find(known => known.PeerId == link.PeerId);
            if (_isClosed || (other is not null && !IsBetter(link, other)))
                return false;
            other?.Close("a second link to the same peer");
            greet(_announced);
            _links.Add(link);
            return true;
        }
    }

    /// <summary>Lets go of a link that is closed.</summary>
    public void Leave(LeechLink link)
    {
        lock (_linksLock)
            _links.Remove(link);
        Retire(link);
    }

    /// <summary>Lets go of any source, which is remembered if anything came of it.</summary>
    public void Retire(PieceSource source)
    {
        Interlocked.Add(ref _discarded, Board.Remove(source));
        lock (_linksLock)
        {
            if ((source.Fetched > 0 || source.Banned is not null) && _gone.Count < MostRemembered)
                _gone.Add(new SourceSnapshot(source.Name, source.Fetched, source.Banned));
        }
        Wake();
    }

    /// <summary>Gives what a source owes to others.</summary>
    public void Release(PieceSource source)
    {
        Board.Release(source);
        Wake();
    }

    /// <summary>Gives one block that a source owes to others.</summary>
    public void Release(PieceSource source, in BlockRequest block)
    {
        Board.Release(source, block);
        Wake();
    }

    /// <summary>Takes in a block that a source owed.</summary>
    public void Receive(PieceSource source, in BlockRequest block, ReadOnlySpan<byte> data)
    {
        source.CountFetched(data.Length);
        NoteArrival();
        Interlocked.Add(ref _fetched, data.Length);
        switch (Board.Receive(source, block, data, out var whole))
        {
            case BlockOutcome.PieceIsWhole:
                _verifier.Add(whole!);
                break;
            case BlockOutcome.Discarded:
                Interlocked.Add(ref _discarded, data.Length);
                break;
        }
    }

    /// <summary>Notes that a piece is right and on the disk, and tells everyone.</summary>
    public void Accept(OpenPiece piece)
    {
        var liars = Board.Accept(piece);
        Volatile.Write(ref _progress, Time.GetTimestamp());
        lock (_linksLock)
        {
            _announced.TryAdd((uint)piece.Index);
            foreach (var link in _links)
                link.Announce(piece.Index);
        }
        Ban(liars, piece.Index);
        Wake();
        if (Board.Missing == 0)
            _complete.TrySetResult();
    }

    /// <summary>Notes that a piece is wrong.</summary>
    public void Refuse(OpenPiece piece)
    {
        LogWrong(piece.Index, string.Join(", ", piece.Contributors.Select(source => source.Name)));
        Interlocked.Add(ref _discarded, piece.Bytes.Length);
        Ban(Board.Refuse(piece), piece.Index);
        Wake();
    }

    /// <summary>Counts data that came for nothing.</summary>
    public void CountDiscarded(int bytes)
    {
        Interlocked.Add(ref _fetched, bytes);
        Interlocked.Add(ref _discarded, bytes);
    }

    /// <summary>Notes that data comes.</summary>
    public void NoteArrival() => Volatile.Write(ref _arrived, Time.GetTimestamp());

    /// <summary>Counts what packing has saved.</summary>
    public void CountPacked(long bytes) => Interlocked.Add(ref _packed, bytes);

    /// <summary>Counts data sent.</summary>
    public void CountUploaded(int bytes) => Interlocked.Add(ref _uploaded, bytes);

    /// <summary>Where linked peers listen, as far as is known.</summary>
    public List<IPEndPoint> LinkedPeers() => [.. Links.Select(link => link.ListensAt).OfType<IPEndPoint>()];

    /// <summary>Where data came from, most first.</summary>
    public List<SourceSnapshot> Sources(IEnumerable<PieceSource> others)
    {
        lock (_linksLock)
        {
            return [.. _links.Concat(others).Select(source => new SourceSnapshot(source.Name, source.Fetched, source.Banned)).Concat(_gone)
                .GroupBy(source => source.Name)
                .Select(same => new SourceSnapshot(same.Key, same.Sum(source => source.Fetched), same.Select(source => source.Banned).FirstOrDefault(b => b is not null)))
                .Where(source => source.Fetched > 0 || source.Banned is not null)
                .OrderByDescending(source => source.Fetched)];
        }
    }

    /// <summary>Once a second.</summary>
    public void Tick()
    {
        Company.Tick();
        foreach (var link in Links)
            link.Tick();
    }

    /// <summary>Closes all links and lets no more in.</summary>
    public void Close()
    {
        lock (_linksLock)
            _isClosed = true;
        foreach (var link in Links)
            link.Close("the download ends");
    }

    /// <summary>When two peers dial each other, both keep the link that the one with the lower id dialled.</summary>
    private bool IsBetter(LeechLink link, LeechLink other) =>
        link.IsDialled != other.IsDialled && link.IsDialled == Settings.PeerId.CompareTo(link.PeerId) < 0;

    private void Ban(List<PieceSource> liars, int piece)
    {
        foreach (var liar in liars)
        {
            LogBanned(liar.Name, piece);
            if (liar is LeechLink link)
                Directory.Ban(link.Remote, link.ListensAt);
            liar.Ban($"it gave wrong data of piece {piece}");
        }
    }

    /// <summary>Has every link look whether there is something to ask for.</summary>
    public void Wake()
    {
        foreach (var link in Links)
            link.Sender?.Wake();
    }

    [LoggerMessage(3401, LogLevel.Debug, "Piece {Piece} is wrong; it came from {Sources}")]
    private partial void LogWrong(int piece, string sources);

    [LoggerMessage(3402, LogLevel.Warning, "{Source} gave wrong data of piece {Piece}; nothing is fetched from it any more")]
    private partial void LogBanned(string source, int piece);
}
