using Agent.Common;

namespace Agent.Configuration;

/// <summary><c>[[place]]</c>: where on earth some servers and networks are, for the GeoAPI.</summary>
public sealed record PlaceOptions
{
    private const string Expected = "a host name, or a network; write for example \"cvmfs.example.org\" or \"10.1.0.0/16\"";

    /// <summary>What is there: host names, addresses, networks.</summary>
    public IReadOnlyList<string> At { get; init; } = [];

    /// <summary>Degrees north of the equator.</summary>
    public double Latitude { get; init; } = double.NaN;

    /// <summary>Degrees east of Greenwich.</summary>
    public double Longitude { get; init; } = double.NaN;

    internal static PlaceOptions Bind(OptionSection section) => new()
    {
        At = section.Texts("at", TryWhere, Expected),
        Latitude = section.Degrees("latitude", 90),
        Longitude = section.Degrees("longitude", 180),
    };

    internal static void Check(IReadOnlyList<PlaceOptions> places, ConfigurationErrors errors)
    {
        foreach (var (index, place) in places.Index())
        {
            var section = $"place[{index + 1}]";
            if (place.At.Count == 0 && !errors.Has($"{section}.at"))
                errors.Add($"{section}.at", "missing; list the hosts and networks that are there");
            foreach (var (key, degrees) in ((string, double)[])[("latitude", place.Latitude), ("longitude", place.Longitude)])
            {
                if (double.IsNaN(degrees) && !errors.Has($"{section}.{key}"))
                    errors.Add($"{section}.{key}", "missing; give it in degrees");
            }
        }
    }

    private static bool TryWhere(string text, out string? where)
    {
        where = text;
        return NetworkSet.TryParse(text, out _) || OptionValues.TryHost(text, out _);
    }
}
