using Agent.Common;
using Agent.Configuration;

namespace Agent.Adoption;

/// <summary>Has the agent's configuration name what OpenGnsys has. What somebody has set there already stays as it is.</summary>
internal static class ConfigurationSteps
{
    public static IEnumerable<AdoptionStep> Of(ServerRoot root, Installation found, string path, List<string> remarks)
    {
        var file = root.At(path);
        var before = File.Exists(file) ? File.ReadAllText(file) : "# Configuration of ogrepo-agent, written by: ogrepo-agent adopt\n";
        // What is no TOML is not written to.
        _ = Parsed(before, path);
        var edit = new ConfigurationText(before);
        foreach (var (section, key, value) in Wanted(root, found))
            edit.Set(section, key, value);
        remarks.AddRange(edit.Kept.Select(kept => $"{path}: {kept} is set already, and stays as it is."));
        if (edit.Changed.Count == 0)
            return [];
        var values = Parsed(edit.Text, path).Values;
        foreach (var key in edit.Changed.Where(key => !values.ContainsKey(key)))
            throw new IOException($"{path} cannot be edited by a program: set {key} by hand");
        return [new AdoptionStep($"configuration: {path} gets {string.Join(", ", edit.Changed)}", null, () => Write(file, edit.Text))];
    }

    private static IEnumerable<(string Section, string Key, string Value)> Wanted(ServerRoot root, Installation found)
    {
        yield return ("repository", "images", Quoted(found.Images));
        yield return ("repository", "repoinfo", Quoted(Installation.Repoinfo));
        if (found.Address is not null || found.HasToken)
            yield return ("repository", "opengnsys_config", Quoted(Installation.Configuration));
        // Sums and torrents that are there are believed at first, and verified later: thousands of images are taken over in minutes.
        yield return ("indexing", "trust_existing", "true");
        if (Directory.Exists(root.At(Installation.DeleteMarks)))
            yield return ("trash", "delete_marks", Quoted(Installation.DeleteMarks));
    }

    private static AgentConfiguration Parsed(string text, string path) => AgentConfiguration.Parse(System.Text.Encoding.UTF8.GetBytes(text), path);

    private static void Write(string file, string text)
    {
        if (File.Exists(file))
        {
            ServerRoot.Replace(file, text);
            return;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        AtomicFile.Write(file, System.Text.Encoding.UTF8.GetBytes(text));
    }

    private static string Quoted(string text) => $"\"{text}\"";
}
