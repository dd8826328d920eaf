using Agent.Common;

namespace Agent.Replication.Remotes;

/// <summary>
/// Keeps the keys that came with requests until their jobs are done: a job's parameters are shown to whoever asks, so they hold only a token.
/// </summary>
/// <param name="directory">Where they are, each in a file that only the agent reads; made where it is missing.</param>
public sealed class KeptKeys(string directory)
{
    /// <summary>Keeps a key.</summary>
    /// <returns>The token by which it is found.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public string Keep(Secret key)
    {
        Directory.CreateDirectory(directory);
        var token = Guid.NewGuid().ToString("N");
        AtomicFile.Write(Path.Combine(directory, token), System.Text.Encoding.ASCII.GetBytes(key.Value), AtomicFile.Secret);
        return token;
    }

    /// <summary>The key of a token; null where it was let go of.</summary>
    public Secret? Find(string token) =>
        Guid.TryParseExact(token, "N", out _) && File.Exists(Path.Combine(directory, token)) && Secret.TryParse(File.ReadAllText(Path.Combine(directory, token)), out var key) ? key : null;

    /// <summary>Lets go of all keys but those of some tokens.</summary>
    public void RetainOnly(IReadOnlySet<string> tokens)
    {
        if (!Directory.Exists(directory))
            return;
        foreach (var file in Directory.GetFiles(directory).Where(file => !tokens.Contains(Path.GetFileName(file))))
            File.Delete(file);
    }
}
