namespace Agent.Configuration;

/// <summary><c>[replication]</c>: images from and for other repositories, which <see cref="RemoteOptions"/> names.</summary>
public sealed record ReplicationOptions
{
    /// <summary>What an import that failed or died has brought is removed after this time; until then the next try goes on with it.</summary>
    public TimeSpan KeepPartial { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long an import goes on trying while nothing comes, because the network or the other repository is away.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(30);

    internal static ReplicationOptions Bind(OptionSection section)
    {
        var defaults = new ReplicationOptions();
        return new ReplicationOptions
        {
            KeepPartial = section.Duration("keep_partial", defaults.KeepPartial, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650)),
            Patience = section.Duration("patience", defaults.Patience, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30)),
        };
    }
}
