using System.Security.Cryptography;
using System.Text;
using Agent.Common;
using Agent.Configuration;

namespace Agent.Hosting;

/// <summary>Finds the API key, or makes one at the first start.</summary>
public static class ApiKeyProvision
{
    private const int RandomBytes = 32;

    /// <summary>The key that the options name; a new one, in a file of mode 0600, where its file does not exist.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="created">Path of the file that was made; null where the key was there.</param>
    /// <exception cref="ConfigurationException">The file is there and holds no usable key.</exception>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static Secret Provide(AgentOptions options, out string? created)
    {
        created = null;
        if (options.ApiKeyFile is not { } path)
            return options.Server.ApiKey!;
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes)) + "\n"), AtomicFile.Secret);
            created = path;
        }
        var (key, problem) = KeyFile.Read(path);
        return key ?? throw new ConfigurationException([new ConfigurationError(path, "server.api_key_file", problem!)]);
    }
}
