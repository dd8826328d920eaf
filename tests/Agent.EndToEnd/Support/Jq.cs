namespace Agent.EndToEnd.Support;

/// <summary>Reads JSON by <c>jq</c>, as OpenGnsys' scripts do.</summary>
internal static class Jq
{
    /// <summary>The lines that a filter gives; <paramref name="variables"/> are its <c>$name</c>.</summary>
    public static async Task<string[]> LinesAsync(string file, string filter, params (string Name, string Value)[] variables)
    {
        var named = variables.SelectMany(variable => new[] { "--arg", variable.Name, variable.Value });
        var told = await ExternalProgram.RunAsync("jq", [.. named, "-r", filter, file]);
        return told.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>One field of one image, looked up by name and type as OpenGnsys does; empty where it is not listed.</summary>
    public static async Task<string> FieldAsync(string repoinfo, string name, string type, string field, string? ou = null)
    {
        var images = ou is null ? ".images" : ".ous[] | select(.subdir == $ou) | .images";
        var lines = await LinesAsync(
            repoinfo, $"{images} | .[] | select(.name == $name and .type == $type) | .{field}", ("name", name), ("type", type), ("ou", ou ?? ""));
        return string.Join('\n', lines);
    }
}
