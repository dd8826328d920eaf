using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Cvmfs;

/// <summary>
/// One published repository, read and verified the way a client of CernVM-FS does, with <c>openssl</c> alone: no code of the agent has a part in it.
/// </summary>
/// <param name="agent">The agent.</param>
/// <param name="name">Name of the repository.</param>
/// <param name="directory">Where files may be put.</param>
/// <param name="replicas">URL of the address at which it publishes copies; null for its own repositories.</param>
internal sealed class PublishedRepository(AgentProcess agent, string name, string directory, Uri? replicas = null)
{
    /// <summary>The manifest with what follows it.</summary>
    public sealed record Frame(string Text, string Hash, byte[] Signature)
    {
        public string Field(char key) => Text.Split('\n').Single(line => line.StartsWith(key))[1..];

        public static Frame Of(byte[] bytes)
        {
            var text = Encoding.Latin1.GetString(bytes);
            var separator = text.IndexOf("\n--\n", StringComparison.Ordinal);
            Assert.True(separator > 0, "no line of two dashes");
            var end = text.IndexOf('\n', separator + 4);
            Assert.True(end > 0, "no hash line");
            return new Frame(text[..(separator + 1)], text[(separator + 4)..end], bytes[(end + 1)..]);
        }
    }

    public async Task<byte[]> GetAsync(string path)
    {
        var answer = await AskAsync($"cvmfs/{name}/{path}");
        Assert.True(answer.Status == 200, $"{path}: {answer.Status} {answer.Text}");
        return answer.Body;
    }

    public async Task<Frame> ManifestAsync() => Frame.Of(await GetAsync(".cvmfspublished"));

    /// <summary>An object, held to its name.</summary>
    public async Task<byte[]> ObjectAsync(string hash, string letter)
    {
        var bytes = await GetAsync($"data/{hash[..2]}/{hash[2..]}{letter}");
        Assert.Equal(hash, Convert.ToHexStringLower(SHA1.HashData(bytes)));
        return bytes;
    }

    public async Task<byte[]> InflatedAsync(string hash, string letter) => Inflate(await ObjectAsync(hash, letter));

    /// <summary>Fetches a database, and gives the lines that <c>sqlite3</c> answers.</summary>
    public async Task<string[]> QueryAsync(string hash, string letter, string sql)
    {
        var file = Path.Combine(directory, hash + letter);
        await File.WriteAllBytesAsync(file, letter.Length == 0 ? await GetAsync(".cvmfsreflog") : await InflatedAsync(hash, letter));
        var answer = await ExternalProgram.RunAsync("sqlite3", "-readonly", "-bail", file, sql);
        return answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public async Task<string> MasterKeyAsync() => (await AskAsync($"cvmfs/info/v1/{name}.pub")).Text;

    /// <summary>Fetches all that a client fetches in its order, and has it verified by a master key; the root catalog is a database.</summary>
    public async Task<bool> VerifiesAsync(string masterKey)
    {
        var manifest = await GetAsync(".cvmfspublished");
        var certificate = await ObjectAsync(Frame.Of(manifest).Field('X'), "X");
        var whitelist = await GetAsync(".cvmfswhitelist");
        return await VerifiesAsync(manifest, whitelist, certificate, masterKey)
            && await QueryAsync(Frame.Of(manifest).Field('C'), "C", "PRAGMA integrity_check") is ["ok"];
    }

    /// <summary>The checks of a client in its order, over bytes that were fetched.</summary>
    public async Task<bool> VerifiesAsync(byte[] manifest, byte[] whitelist, byte[] certificate, string masterKey)
    {
        var (published, listed) = (Frame.Of(manifest), Frame.Of(whitelist));
        if (published.Field('N') != name || published.Field('R') != "d41d8cd98f00b204e9800998ecf8427e" || published.Field('C').Length != 40)
            return false;
        if (!ulong.TryParse(published.Field('D'), out _) || !ulong.TryParse(published.Field('S'), out _))
            return false;
        if (published.Field('X') != Convert.ToHexStringLower(SHA1.HashData(certificate)))
            return false;
        var pem = Inflate(certificate);
        if (!HashFits(published) || !await SignedByAsync(published, pem))
            return false;
        return IsWhitelist(listed) && HashFits(listed) && await RecoversAsync(listed, masterKey) && Fingerprints(listed).Contains(await FingerprintAsync(pem));
    }

    /// <summary>Two times in their form, the second to come by whole hours, and the name.</summary>
    private bool IsWhitelist(Frame listed)
    {
        var lines = listed.Text.Split('\n');
        return lines.Length >= 4 && IsTime(lines[0]) && lines[1].StartsWith('E') && IsTime(lines[1][1..])
            && string.CompareOrdinal(DateTime.UtcNow.ToString("yyyyMMddHH", CultureInfo.InvariantCulture), lines[1][1..11]) < 0 && lines[2] == $"N{name}";
    }

    private static bool IsTime(string text) =>
        text.Length == 14 && DateTime.TryParseExact(text, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>What stands before the first blank or comment of the lines after the name.</summary>
    private static IEnumerable<string> Fingerprints(Frame listed) => listed.Text.Split('\n').Skip(3).Select(line => line.Split(' ', '\t', '#')[0]);

    private static bool HashFits(Frame frame) => frame.Hash == Convert.ToHexStringLower(SHA1.HashData(Encoding.Latin1.GetBytes(frame.Text)));

    private async Task<bool> SignedByAsync(Frame frame, byte[] certificate)
    {
        var result = await ExternalProgram.TryAsync("bash", ["-c", """
            openssl x509 -in "$CERTIFICATE" -pubkey -noout > "$CERTIFICATE.pub" && openssl dgst -sha1 -verify "$CERTIFICATE.pub" -signature "$SIGNATURE" "$HASH"
            """], ("CERTIFICATE", Write("certificate", certificate)), ("SIGNATURE", Write("signature", frame.Signature)), ("HASH", Write("hash", Encoding.ASCII.GetBytes(frame.Hash))));
        return result.ExitCode == 0;
    }

    private async Task<bool> RecoversAsync(Frame frame, string masterKey)
    {
        var result = await ExternalProgram.TryAsync("openssl", [
            "pkeyutl", "-verifyrecover", "-pubin", "-inkey", Write("master", Encoding.ASCII.GetBytes(masterKey)), "-in", Write("signature", frame.Signature)]);
        return result.ExitCode == 0 && Encoding.Latin1.GetString(result.Bytes) == frame.Hash;
    }

    private async Task<string> FingerprintAsync(byte[] certificate) =>
        (await ExternalProgram.RunAsync("openssl", "x509", "-noout", "-fingerprint", "-sha1", "-in", Write("certificate", certificate))).Output.Trim().Split('=')[1];

    private async Task<Answer> AskAsync(string path)
    {
        if (replicas is null)
            return await agent.Api.GetAsync(path);
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(1) };
        using var answer = await http.GetAsync(new Uri(replicas, path));
        return new Answer((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync());
    }

    private string Write(string file, byte[] content)
    {
        var path = Path.Combine(directory, file);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static byte[] Inflate(byte[] compressed)
    {
        using var zlib = new ZLibStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        zlib.CopyTo(plain);
        return plain.ToArray();
    }
}
