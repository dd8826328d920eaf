namespace Agent.Configuration;

/// <summary><c>[repository]</c>: where the images and the agent's own data are.</summary>
public sealed record RepositoryOptions
{
    /// <summary>The image directory, an absolute path. The one key without a default: empty means not given.</summary>
    public string Images { get; init; } = "";

    /// <summary>Where the agent keeps what it must not forget: digests, jobs, keys.</summary>
    public string State { get; init; } = "/var/lib/ogrepo-agent";

    /// <summary>The catalogue as OpenGnsys reads it. Default: <c>repoinfo.json</c> in <see cref="State"/>.</summary>
    public string Repoinfo { get => field ?? Path.Combine(State, "repoinfo.json"); init; }

    /// <summary>Where deleted images go, on the file system of <see cref="Images"/>. Default: <see cref="Images"/> with <c>_trash</c> appended.</summary>
    public string Trash { get => field ?? Images + "_trash"; init; }

    /// <summary>How long an image must have been quiet before it is looked at.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the whole directory is compared with the catalogue, for events that got lost.</summary>
    public TimeSpan Rescan { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// OpenGnsys' own <c>ogAdmRepo.cfg</c>. Its <c>IPlocal</c> and <c>ApiToken</c> stand in for <see cref="ServerOptions.Advertise"/>
    /// and <see cref="ServerOptions.ApiKey"/> where those are not given.
    /// </summary>
    public string? OpenGnsysConfig { get; init; }

    internal static RepositoryOptions Bind(OptionSection section)
    {
        var defaults = new RepositoryOptions();
        return new RepositoryOptions
        {
            Images = section.Path("images", null) ?? defaults.Images,
            State = section.Path("state", null) ?? defaults.State,
            Repoinfo = section.Path("repoinfo", null)!,
            Trash = section.Path("trash", null)!,
            Settle = section.Duration("settle", defaults.Settle, TimeSpan.Zero, TimeSpan.FromMinutes(10)),
            Rescan = section.Duration("rescan", defaults.Rescan, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)),
            OpenGnsysConfig = section.Path("opengnsys_config", null),
        };
    }
}
