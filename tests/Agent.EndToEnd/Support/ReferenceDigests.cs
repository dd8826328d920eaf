namespace Agent.EndToEnd.Support;

/// <summary>The digests of a file, by the programs that OpenGnsys uses.</summary>
/// <param name="Sum">MD5 of the last 1 MiB.</param>
/// <param name="FullSum">MD5 of all.</param>
/// <param name="Sha256">SHA-256 of all.</param>
public sealed record ReferenceDigests(string Sum, string FullSum, string Sha256)
{
    /// <summary>Asks <c>tail</c>, <c>md5sum</c> and <c>sha256sum</c>.</summary>
    public static async Task<ReferenceDigests> OfAsync(string path)
    {
        var told = await ExternalProgram.ShellAsync(
            """tail -c 1048576 -- "$FILE" | md5sum; md5sum <"$FILE"; sha256sum <"$FILE" """, ("FILE", path));
        var lines = told.Output.Split('\n');
        return new ReferenceDigests(lines[0].Split(' ')[0], lines[1].Split(' ')[0], lines[2].Split(' ')[0]);
    }
}
