using Agent.Adoption;
using Agent.Common;

namespace Agent.Diagnosis;

/// <summary>The installed service, <c>ogrepo-agent.service</c> with its drop-ins, as far as it matters here; see <c>systemd.unit(5)</c>.</summary>
internal sealed class UnitFile
{
    /// <summary>Its name.</summary>
    public const string Name = "ogrepo-agent.service";

    private readonly Dictionary<string, List<string>> _settings = new(StringComparer.Ordinal);

    private UnitFile()
    {
    }

    /// <summary>Its user; null where none is set, which is root.</summary>
    public string? User => Last("User");

    /// <summary>Its group; null for the user's own.</summary>
    public string? Group => Last("Group");

    /// <summary>Most descriptors that it may open; null where none is set.</summary>
    public string? OpenFiles => Last("LimitNOFILE");

    /// <summary>Nothing can be written but where <see cref="Writable"/> says.</summary>
    public bool IsReadOnly => Last("ProtectSystem") == "strict";

    /// <summary>Home directories are not there for it.</summary>
    public bool HidesHomes => Last("ProtectHome") is "yes" or "true" or "1" or "on" or "tmpfs";

    /// <summary>Directories that can be written all the same. Each becomes a mount of its own.</summary>
    public IReadOnlyList<string> Writable =>
    [
        .. All("ReadWritePaths").Select(path => path.TrimStart('-', '+')),
        .. All("StateDirectory").Select(name => $"/var/lib/{name}"),
    ];

    /// <summary>The installed one; null where there is none.</summary>
    public static UnitFile? Find(ServerRoot root) => InstalledUnits.Find(root.Directory, Name) is { } main
        ? Parse(InstalledUnits.DropIns(root.Directory, Name).Prepend(main).SelectMany(File.ReadLines))
        : null;

    /// <summary>Takes the lines of the unit and its drop-ins.</summary>
    public static UnitFile Parse(IEnumerable<string> lines)
    {
        var unit = new UnitFile();
        foreach (var line in lines.Select(line => line.Trim()))
        {
            if (line.Length > 0 && line[0] is not ('#' or ';' or '[') && line.Split('=', 2) is [var name, var value])
                unit.Set(name.Trim(), value.Trim());
        }
        return unit;
    }

    /// <summary>A value adds to those before it; none at all takes them back.</summary>
    private void Set(string name, string value)
    {
        if (!_settings.TryGetValue(name, out var values) || value.Length == 0)
            _settings[name] = values = [];
        if (value.Length > 0)
            values.Add(value);
    }

    private string? Last(string name) => _settings.GetValueOrDefault(name)?.LastOrDefault();

    private IEnumerable<string> All(string name) => (_settings.GetValueOrDefault(name) ?? []).SelectMany(value => value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
