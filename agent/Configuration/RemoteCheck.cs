using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Agent.Configuration.Toml;

namespace Agent.Configuration;

/// <summary>Checks that every remote has a name of its own and one way to reach it.</summary>
internal static class RemoteCheck
{
    /// <summary>The key of the remote at <paramref name="index"/>, counted from 0; in messages from 1.</summary>
    public static string Key(int index) => $"remote[{index + 1}]";

    public static void Check(IReadOnlyList<RemoteOptions> remotes, ConfigurationErrors errors)
    {
        foreach (var (index, remote) in remotes.Index())
        {
            CheckName(remotes, index, errors);
            CheckReach(Key(index), remote, errors);
            CheckTls(Key(index), remote, errors);
        }
    }

    private static void CheckName(IReadOnlyList<RemoteOptions> remotes, int index, ConfigurationErrors errors)
    {
        var name = remotes[index].Name;
        var key = $"{Key(index)}.name";
        if (errors.Has(key))
            return;
        if (name.Length == 0)
            errors.Add(key, "missing; every remote needs a name");
        else if (remotes.Take(index).Any(earlier => earlier.Name == name))
            errors.Add(key, $"\"{name}\" is the name of an earlier remote; choose another one");
    }

    private static void CheckReach(string section, RemoteOptions remote, ConfigurationErrors errors)
    {
        if (errors.Has($"{section}.url") || errors.Has($"{section}.ssh"))
            return;
        if (remote.Url is null && remote.Ssh is null)
            errors.Add($"{section}.url", "missing; give url = \"http://…\" of an agent, or ssh = \"user@host\" of a legacy server");
        if (remote.Url is not null && remote.Ssh is not null)
            errors.Add($"{section}.ssh", "given together with url; keep one of the two");
        if (remote.Ssh is not null && remote.ApiKey is not null)
            errors.Add($"{section}.api_key", "a legacy server reached by ssh takes no API key; remove it");
        if (remote.Ssh is not null && remote.ApiKeyFile is not null)
            errors.Add($"{section}.api_key_file", "a legacy server reached by ssh takes no API key; remove it");
    }

    private static void CheckTls(string section, RemoteOptions remote, ConfigurationErrors errors)
    {
        if (remote.TlsCa is not null && remote.TlsFingerprint is not null)
            errors.Add($"{section}.tls_fingerprint", "given together with tls_ca; keep one of the two");
        if (remote is { TlsCa: null, TlsFingerprint: null } || errors.Has($"{section}.url"))
            return;
        var key = remote.TlsCa is not null ? $"{section}.tls_ca" : $"{section}.tls_fingerprint";
        if (remote.Url?.Scheme != Uri.UriSchemeHttps)
            errors.Add(key, "only an https URL has a certificate; remove it, or write url = \"https://…\"");
        else if (remote.TlsCa is { } file && Problem(file) is { } problem)
            errors.Add(key, problem);
    }

    private static string? Problem(string file)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(file);
            return certificates.Count > 0 ? null : $"{TomlText.Quote(file)} holds no certificate";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return $"{TomlText.Quote(file)} cannot be read as certificates (PEM): {e.Message}";
        }
    }
}
