using System.Text;

namespace Agent.Cvmfs.Publishing;

/// <summary>Names of repositories: 1 to 60 of <c>a-z A-Z 0-9 _ . -</c>, the first a letter or digit.</summary>
public static class RepositoryName
{
    private const int Longest = 60;
    private const int MarkDigits = 8;

    /// <summary>True for a name that readers take.</summary>
    public static bool IsValid(string name) => name.Length is > 0 and <= Longest && char.IsAsciiLetterOrDigit(name[0]) && name.All(IsAllowed);

    /// <summary>The name for a host: <c>images.HOST</c>.</summary>
    public static string OfHost(string host) => Fitting("images." + host.Trim('[', ']').TrimEnd('.').ToLowerInvariant());

    /// <summary>The name for an organisational unit of a repository: <c>UNIT.NAME</c>. Units that differ have names that differ.</summary>
    public static string OfUnit(string unit, string repository) => Fitting($"{unit}.{repository}");

    /// <summary>The name for the global images of a repository: <c>global-NAME</c>. No unit has that name, for a unit ends with a dot.</summary>
    public static string OfGlobals(string repository) => Fitting($"global-{repository}");

    /// <summary>
    /// As it is where it can be; else what is not allowed becomes <c>-</c>, the end is cut, and a mark of the whole keeps it apart from others.
    /// </summary>
    private static string Fitting(string wanted)
    {
        if (IsValid(wanted))
            return wanted;
        var mark = ObjectHash.Of(Encoding.UTF8.GetBytes(wanted))[..MarkDigits];
        var allowed = string.Concat(wanted.Select(character => IsAllowed(character) ? character : '-')).TrimStart('.', '-', '_');
        return $"{allowed[..Math.Min(allowed.Length, Longest - MarkDigits - 1)]}-{mark}".TrimStart('-');
    }

    private static bool IsAllowed(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-';
}
