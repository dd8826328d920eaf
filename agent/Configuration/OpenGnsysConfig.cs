using Agent.Common;
using Agent.Configuration.Toml;

namespace Agent.Configuration;

/// <summary>
/// Takes address and key of an installed OpenGnsys from its <c>ogAdmRepo.cfg</c>, a file of shell assignments of which only
/// <c>IPlocal=</c> and <c>ApiToken=</c> matter here.
/// </summary>
internal static class OpenGnsysConfig
{
    private const string Key = "repository.opengnsys_config";

    private const int MaximumLength = 1 << 16;

    /// <summary>The options with what the file adds; what the agent's own configuration says comes first.</summary>
    public static AgentOptions Apply(AgentOptions options, ConfigurationErrors errors)
    {
        if (options.Repository.OpenGnsysConfig is not { } path || Read(path, errors) is not { } assignments)
            return options;
        var server = options.Server;
        if (server.Advertise is null)
            server = server with { Advertise = Host(assignments, errors) };
        if (server.ApiKey is null && server.ApiKeyFile is null)
            server = server with { ApiKey = Token(assignments, errors) };
        return options with { Server = server };
    }

    /// <summary>The assignments of a shell file that gives plain or quoted words; lines of any other kind are passed over.</summary>
    public static Dictionary<string, string> Assignments(IEnumerable<string> lines)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var text = line.Trim();
            if (text.StartsWith("export ", StringComparison.Ordinal))
                text = text[7..].TrimStart();
            if (text.Split('=', 2) is [var name, var value] && !name.StartsWith('#'))
                found[name] = Word(value);
        }
        return found;
    }

    private static Dictionary<string, string>? Read(string path, ConfigurationErrors errors)
    {
        try
        {
            if (FileStatus.Of(path) is not { } status)
                errors.Add(Key, $"{TomlText.Quote(path)} does not exist");
            else if (!status.IsRegular || status.Stamp.Length > MaximumLength)
                errors.Add(Key, $"{TomlText.Quote(path)} is not a file of at most {Sizes.Format(MaximumLength)}; expected OpenGnsys' ogAdmRepo.cfg");
            else
                return Assignments(File.ReadLines(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(Key, $"{TomlText.Quote(path)} cannot be read: {e.Message}");
        }
        return null;
    }

    private static string? Host(Dictionary<string, string> assignments, ConfigurationErrors errors)
    {
        if (!assignments.TryGetValue("IPlocal", out var text) || text.Length == 0)
            return null;
        if (OptionValues.TryHost(text, out var host))
            return host;
        errors.Add(Key, $"IPlocal is {TomlText.Quote(text)}, which is not an address that others can reach");
        return null;
    }

    private static Secret? Token(Dictionary<string, string> assignments, ConfigurationErrors errors)
    {
        if (!assignments.TryGetValue("ApiToken", out var text) || text.Length == 0)
            return null;
        if (!Secret.TryParse(text, out var secret))
            errors.Add(Key, $"ApiToken is not {Secret.Expected}");
        return secret;
    }

    /// <summary>The first word after the equals sign, without its quotes.</summary>
    private static string Word(string value)
    {
        if (value.Length > 0 && value[0] is '"' or '\'' && value.IndexOf(value[0], 1) is var end and > 0)
            return value[1..end];
        return value.Split([' ', '\t', ';'], 2)[0];
    }
}
