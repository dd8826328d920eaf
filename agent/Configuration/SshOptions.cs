namespace Agent.Configuration;

/// <summary><c>[ssh]</c>: how legacy servers, which have no agent, are reached.</summary>
public sealed record SshOptions
{
    /// <summary>Private key; null for those that ssh takes by itself.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The only file of known host keys; null for those that ssh takes by itself.</summary>
    public string? KnownHosts { get; init; }

    /// <summary>Image directory of legacy servers.</summary>
    public string Images { get; init; } = "/opt/opengnsys/images";

    /// <summary>The <c>repoinfo.json</c> of legacy servers.</summary>
    public string Repoinfo { get; init; } = "/opt/opengnsys/etc/repoinfo.json";

    internal static SshOptions Bind(OptionSection section)
    {
        var defaults = new SshOptions();
        return new SshOptions
        {
            KeyFile = File(section, "key_file"),
            KnownHosts = File(section, "known_hosts"),
            Images = section.Path("images", defaults.Images)!,
            Repoinfo = section.Path("repoinfo", defaults.Repoinfo)!,
        };
    }

    private static string? File(OptionSection section, string key) =>
        section.Text<string?>(key, null, TryFile, "an absolute path without '\"', '$' and control characters, which ssh would not take as they are");

    private static bool TryFile(string text, out string? path) => OptionValues.TryPath(text, out path) && !text.Any(c => c is '"' or '$' || char.IsControl(c));
}
