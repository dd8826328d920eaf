namespace Agent.Configuration;

/// <summary><c>[torrent]</c>: what goes into the torrents.</summary>
public sealed record TorrentOptions
{
    /// <summary>Whether torrents name the agent as web seed (BEP 19), so that clients that know how fetch pieces by HTTP too.</summary>
    public bool WebSeed { get; init; }

    internal static TorrentOptions Bind(OptionSection section) =>
        new() { WebSeed = section.Boolean("web_seed", new TorrentOptions().WebSeed) };
}
