using Agent.Common;

namespace Agent.Configuration;

/// <summary>Checks the API keys: given once, and in files that only their owner reads.</summary>
internal static class KeyCheck
{
    public static void Check(AgentOptions options, ConfigurationErrors errors)
    {
        CheckGivenOnce("server", options.Server.ApiKey, options.Server.ApiKeyFile, errors);
        // A missing file is no error here: `serve` makes the agent's own key at first start.
        if (options.ApiKeyFile is { } own && FileStatus.Of(own) is not null)
            CheckFile("server", own, errors);
        foreach (var (index, remote) in options.Remotes.Index())
        {
            CheckGivenOnce(RemoteCheck.Key(index), remote.ApiKey, remote.ApiKeyFile, errors);
            if (remote.ApiKeyFile is { } file)
                CheckFile(RemoteCheck.Key(index), file, errors);
        }
    }

    private static void CheckGivenOnce(string section, Secret? key, string? file, ConfigurationErrors errors)
    {
        if (key is not null && file is not null)
            errors.Add($"{section}.api_key", "given together with api_key_file; keep one of the two");
    }

    private static void CheckFile(string section, string path, ConfigurationErrors errors)
    {
        if (KeyFile.Read(path).Problem is { } problem)
            errors.Add($"{section}.api_key_file", problem);
    }
}
