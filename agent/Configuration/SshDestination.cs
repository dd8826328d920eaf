using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Agent.Configuration;

/// <summary>
/// Whom ssh is to reach: <c>host</c>, <c>user@host</c>, <c>user@host:2222</c>, <c>user@[fe80::1]:2222</c>. Neither part ever begins with '-',
/// which ssh would read as an option, nor holds what a shell or a configuration of ssh would take for more than text.
/// </summary>
/// <param name="User">User there; null for the one that ssh would take by itself.</param>
/// <param name="Host">Address without brackets, or name.</param>
/// <param name="Port">Port; null for the one that ssh would take by itself.</param>
public sealed partial record SshDestination(string? User, string Host, int? Port)
{
    /// <summary>What is expected, for messages about a wrong one.</summary>
    public const string Expected = "an ssh destination; write for example \"user@host\" or \"user@host:2222\"";

    /// <summary>Reads a destination; false where it is not one.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SshDestination? destination)
    {
        var at = text.LastIndexOf('@');
        return TryParse(at < 0 ? null : text[..at], text[(at + 1)..], out destination);
    }

    /// <summary>Puts a destination together; false where a part is not one.</summary>
    /// <param name="user">User, or null.</param>
    /// <param name="place">Host, with or without port.</param>
    /// <param name="destination">The destination.</param>
    public static bool TryParse(string? user, string place, [NotNullWhen(true)] out SshDestination? destination)
    {
        destination = null;
        if ((user is not null && !UserName().IsMatch(user)) || !TrySplit(place, out var host, out var port) || !OptionValues.TryHost(host, out _))
            return false;
        destination = new SshDestination(user, host, port);
        return true;
    }

    /// <summary>In the form that <see cref="TryParse(string, out SshDestination?)"/> reads.</summary>
    public override string ToString()
    {
        var host = Port is not null && Host.Contains(':') ? $"[{Host}]" : Host;
        return string.Create(CultureInfo.InvariantCulture, $"{(User is null ? "" : $"{User}@")}{host}{(Port is { } port ? $":{port}" : "")}");
    }

    /// <summary>Two colons and no brackets are an IPv6 address without a port.</summary>
    private static bool TrySplit(string place, out string host, out int? port)
    {
        (host, port) = (place, null);
        var colon = place.LastIndexOf(':');
        var isBracketed = place.StartsWith('[');
        if (!isBracketed && place.IndexOf(':') != colon)
            return true;
        if (isBracketed && place.EndsWith(']'))
            colon = place.Length;
        if (colon >= 0)
        {
            host = place[..colon];
            if (colon < place.Length && !TryPort(place[(colon + 1)..], out port))
                return false;
        }
        if (!isBracketed)
            return true;
        var isClosed = host.EndsWith(']') && host.Contains(':');
        host = isClosed ? host[1..^1] : host;
        return isClosed;
    }

    private static bool TryPort(string text, out int? port)
    {
        var isPort = ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
        port = number;
        return isPort;
    }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_.-]{0,31}\z")]
    private static partial Regex UserName();
}
