using System.Net;

namespace Agent.EndToEnd.Support;

/// <summary>What a client is to download.</summary>
/// <param name="Source">Path of a <c>.torrent</c>, or a magnet link.</param>
/// <param name="FileName">Name of the file in the torrent.</param>
/// <param name="Directory">Where the file goes; made if it is not there. One client, one directory.</param>
/// <param name="Address">
/// Address of this machine that the client listens on and, except for ctorrent, dials from. ctorrent takes one connection from an
/// address, so clients that are to exchange pieces need one each: all of 127.0.0.0/8 is this machine's.
/// </param>
public sealed record DownloadRequest(string Source, string FileName, string Directory, IPAddress Address)
{
    /// <summary>How long the download may take.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>True when the file is there already, and the client is to check it and to seed.</summary>
    public bool IsSeed { get; init; }

    /// <summary>The file where the client puts it.</summary>
    public string FilePath => Path.Combine(Directory, FileName);
}

/// <summary>A download that has come to its end.</summary>
/// <param name="FilePath">The file.</param>
/// <param name="Log">What the client printed.</param>
/// <param name="Elapsed">From start of the program to the moment it said that it had everything.</param>
public sealed record DownloadResult(string FilePath, string Log, TimeSpan Elapsed);

/// <summary>
/// The BitTorrent programs that classrooms and administrators use, driven as they are: started, watched, stopped. Knows nothing of the
/// agent. Debian packages: aria2, ctorrent, transmission-cli, python3-libtorrent.
/// </summary>
public sealed partial class TorrentClient
{
    private readonly Func<DownloadRequest, Scratch, ClientCommand> _command;

    private TorrentClient(string name, string program, bool takesMagnets, Func<DownloadRequest, Scratch, ClientCommand> command)
    {
        Name = name;
        Program = program;
        TakesMagnets = takesMagnets;
        _command = command;
    }

    public static TorrentClient Aria2 { get; } = new("aria2", "/usr/bin/aria2c", takesMagnets: true, Aria2Command);

    public static TorrentClient CTorrent { get; } = new("ctorrent", "/usr/bin/ctorrent", takesMagnets: false, CTorrentCommand);

    public static TorrentClient Transmission { get; } =
        new("transmission", "/usr/bin/transmission-cli", takesMagnets: true, TransmissionCommand);

    /// <summary>libtorrent-rasterbar by Debian's Python, which is the one that has the module.</summary>
    public static TorrentClient LibTorrent { get; } = new("libtorrent", "/usr/bin/python3", takesMagnets: true, LibTorrentCommand);

    public static IReadOnlyList<TorrentClient> All { get; } = [Aria2, CTorrent, Transmission, LibTorrent];

    public string Name { get; }

    /// <summary>Path of the program.</summary>
    public string Program { get; }

    public bool TakesMagnets { get; }

    /// <summary>The client of that name.</summary>
    public static TorrentClient Named(string name) => All.Single(client => client.Name == name);

    /// <summary>Starts a download, which goes on seeding when it is complete, until it is stopped.</summary>
    public RunningDownload Start(DownloadRequest request)
    {
        Directory.CreateDirectory(request.Directory);
        var scratch = new Scratch(Directory.CreateTempSubdirectory("ogrepo-client-").FullName);
        scratch.WriteHook();
        return new RunningDownload(this, request, scratch, _command(request, scratch));
    }

    /// <summary>Downloads and stops.</summary>
    /// <exception cref="TorrentClientException">The client failed or the time is over; the message has its log.</exception>
    public async Task<DownloadResult> DownloadAsync(DownloadRequest request, CancellationToken cancellation = default)
    {
        await using var download = Start(request);
        var result = await download.CompleteAsync(cancellation);
        await download.StopAsync(cancellation);
        return result with { Log = download.Log };
    }

    public override string ToString() => Name;
}

/// <summary>A client did not do what was asked.</summary>
public sealed class TorrentClientException(string message) : Exception(message);
