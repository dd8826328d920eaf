namespace Agent.EndToEnd.Support;

/// <summary>What <c>curl</c> got.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Headers">Headers by lower-case name.</param>
/// <param name="Body">Body.</param>
public sealed record CurlAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Body);
}

/// <summary>Requests by <c>curl</c>, which sends what it is told to: no client of .NET would send half of it.</summary>
internal static class Curl
{
    /// <summary>Runs curl with these arguments. Paths go out as they are written.</summary>
    public static async Task<CurlAnswer> AskAsync(params string[] arguments)
    {
        using var directory = new TemporaryDirectory();
        await ExternalProgram.RunAsync(
            "curl", ["-sS", "--path-as-is", "--max-time", "30", "-D", directory["headers"], "-o", directory["body"], .. arguments]);
        var lines = await File.ReadAllLinesAsync(directory["headers"]);
        var headers = lines.Skip(1).Where(line => line.Contains(':')).Select(line => line.Split(':', 2))
            .ToDictionary(parts => parts[0].ToLowerInvariant(), parts => parts[1].Trim());
        var body = File.Exists(directory["body"]) ? await File.ReadAllBytesAsync(directory["body"]) : [];
        return new CurlAnswer(int.Parse(lines[0].Split(' ')[1]), headers, body);
    }
}
