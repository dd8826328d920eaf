using System.Net;
using System.Text.RegularExpressions;
using Agent.Common;

namespace Agent.Configuration;

/// <summary>The forms of values that only the configuration has.</summary>
internal static partial class OptionValues
{
    public static bool TryPath(string text, out string? path)
    {
        path = text.StartsWith('/') && !text.Contains('\0') ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(text)) : null;
        return path is not null;
    }

    public static bool TryEndpoint(string text, out IPEndPoint endpoint)
    {
        var isEndpoint = Endpoints.TryParse(text, out var parsed);
        endpoint = parsed ?? new IPEndPoint(IPAddress.None, 0);
        return isEndpoint;
    }

    /// <summary>A rate, or "unlimited" for none.</summary>
    public static bool TryRateLimit(string text, out Rate? limit)
    {
        var isRate = Rate.TryParse(text, out var rate);
        limit = isRate ? rate : null;
        return isRate || text == "unlimited";
    }

    /// <summary>A host that others can reach: an address other than the wildcards, or a name.</summary>
    public static bool TryHost(string text, out string? host)
    {
        host = text;
        return Endpoints.TryParseAddress(text, out var address) ? !Endpoints.IsWildcard(address) : text.Length <= 253 && HostName().IsMatch(text);
    }

    public static bool TryUrl(string text, out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && url.Scheme is "http" or "https" && url.Host.Length > 0
        && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0;

    /// <summary>See <see cref="SshDestination"/>.</summary>
    public static bool TrySsh(string text, out string? destination)
    {
        destination = text;
        return SshDestination.TryParse(text, out _);
    }

    /// <summary>One directory level that is not hidden.</summary>
    public static bool TryOu(string text, out string? ou)
    {
        ou = text;
        return text.Length is > 0 and <= 255 && text[0] != '.' && !text.Contains('/') && !text.Contains('\0');
    }

    /// <summary>A SHA-256 as openssl prints it, or without the colons.</summary>
    public static bool TryFingerprint(string text, out string? fingerprint)
    {
        fingerprint = text.Replace(":", "", StringComparison.Ordinal).ToUpperInvariant();
        return fingerprint.Length == 64 && fingerprint.All(char.IsAsciiHexDigitUpper);
    }

    /// <summary>How grave an event must be to be logged.</summary>
    public static bool TryLogLevel(string text, out LogLevel level)
    {
        level = text switch
        {
            "debug" => LogLevel.Debug,
            "info" => LogLevel.Information,
            "warning" => LogLevel.Warning,
            "error" => LogLevel.Error,
            _ => LogLevel.None,
        };
        return level != LogLevel.None;
    }

    /// <summary>A gravity as <see cref="TryLogLevel"/> reads it.</summary>
    public static string NameOf(LogLevel level) => level == LogLevel.Information ? "info" : level.ToString().ToLowerInvariant();

    public static bool TryName(string text, out string name)
    {
        name = text;
        return RemoteName().IsMatch(text);
    }

    // The last label begins with a letter, so that a mistyped address is not taken for a name.
    [GeneratedRegex(@"^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex HostName();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex RemoteName();
}
