namespace Agent.Configuration;

/// <summary><c>[torrent]</c>: what goes into the torrents.</summary>
public sealed record TorrentOptions
{
    /// <summary>Whether torrents name the agent as web seed (BEP 19), so that clients that know how fetch pieces by HTTP too.</summary>
    public bool WebSeed { get; init; }

    /// <summary>Version of the torrents. There is one, and the key is there to say why.</summary>
    public string Version { get; init; } = "v1";

    private const string WhyVersion1 =
        "\"v1\": with v2 and hybrid torrents (BEP 52) aria2 computes a wrong info-hash, Transmission 3.00 refuses to open them, and ctorrent "
        + "refuses v2 and long names";

    internal static TorrentOptions Bind(OptionSection section)
    {
        var defaults = new TorrentOptions();
        return new TorrentOptions
        {
            WebSeed = section.Boolean("web_seed", defaults.WebSeed),
            Version = section.Text("version", defaults.Version, TryVersion, WhyVersion1),
        };
    }

    private static bool TryVersion(string text, out string version) => (version = text) == new TorrentOptions().Version;
}
