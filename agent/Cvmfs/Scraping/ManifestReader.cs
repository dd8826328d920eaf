using System.Globalization;
using System.Text.RegularExpressions;

namespace Agent.Cvmfs.Scraping;

/// <summary>Reads a manifest field by field: what is wrong with one hides nothing of the others.</summary>
internal sealed partial class ManifestReader
{
    private const string Required = "CBRDSGANXHTMY";
    private const string Known = Required + "LVZ";

    /// <summary>Times beyond this are in milliseconds.</summary>
    private const long LastSecond = 20_000_000_000;

    private readonly string _path;
    private readonly List<FetchError> _errors;
    private readonly Dictionary<char, string> _fields = [];

    private ManifestReader(string path, List<FetchError> errors) => (_path, _errors) = (path, errors);

    /// <summary>Fills in what a manifest says, and notes what is wrong with it.</summary>
    public static ScrapedRepository Read(byte[] manifest, ScrapedRepository repository, string path, List<FetchError> errors)
    {
        if (!SignedText.TryParse(manifest, out var signed))
        {
            errors.Add(new FetchError(path, null, "no manifest: there is no line \"--\" with a hash line after it"));
            return repository;
        }
        var before = errors.Count;
        var reader = new ManifestReader(path, errors);
        reader.ReadLines(signed);
        var filled = reader.Fill(repository, signed);
        return filled with { HasManifest = errors.Count == before };
    }

    private void ReadLines(SignedText signed)
    {
        foreach (var line in signed.Text.Split('\n').SkipLast(1))
        {
            if (line.Length == 0 || !Known.Contains(line[0]))
                Note(null, $"the line \"{Shortened(line)}\" begins with none of the letters {Known}");
            else
                _fields[line[0]] = line[1..];
        }
        foreach (var key in Required.Where(key => !_fields.ContainsKey(key)))
            Note($"{key}", "missing");
        if (!signed.HashFits && !signed.Hash.Contains('-'))
            Note(null, $"the hash line \"{Shortened(signed.Hash)}\" is not the SHA-1 of the text");
        if (signed.Signature.Length == 0)
            Note("signature", "missing");
    }

    private ScrapedRepository Fill(ScrapedRepository repository, SignedText signed) => repository with
    {
        RootCryptographicHash = Hash('C'),
        RootSize = Number('B'),
        RootPathHash = Text('R', RootHash(), "32 hex digits"),
        RootCatalogueTtl = Number('D'),
        Revision = Number('S') ?? 0,
        IsGarbageCollectable = YesOrNo('G'),
        AlternativeName = YesOrNo('A'),
        MicroCataogues = Hash('L'),
        FullName = Text('N', null, ""),
        SigningCertificateCryptographicHash = Hash('X'),
        TagHistoryCryptographicHash = Hash('H'),
        RevisionTimestamp = Time('T'),
        MetadataCryptographicHash = Hash('M'),
        ReflogChecksumCryptographicHash = Hash('Y'),
        Signature = signed.Signature.Length == 0 ? null : Convert.ToBase64String(signed.Signature),
    };

    private string? Hash(char key) => Text(key, HashForm(), "a hash: 40 hex digits, and -rmd160 or -shake128 where it is not SHA-1");

    private string? Text(char key, Regex? form, string expected)
    {
        if (!_fields.TryGetValue(key, out var text))
            return null;
        if (form?.IsMatch(text) ?? true)
            return text;
        Note($"{key}", $"\"{Shortened(text)}\" is not {expected}");
        return null;
    }

    private long? Number(char key)
    {
        if (!_fields.TryGetValue(key, out var text))
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
            return number;
        Note($"{key}", $"\"{Shortened(text)}\" is not a number above 0");
        return null;
    }

    private DateTimeOffset? Time(char key)
    {
        if (Number(key) is not { } number)
            return null;
        var milliseconds = number > LastSecond ? number : number * 1000;
        if (milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        Note($"{key}", $"\"{number}\" is not a time in seconds since 1970-01-01");
        return null;
    }

    private bool? YesOrNo(char key)
    {
        if (!_fields.TryGetValue(key, out var text))
            return null;
        if (text.Equals("yes", StringComparison.OrdinalIgnoreCase) || text.Equals("no", StringComparison.OrdinalIgnoreCase))
            return text.Length == 3;
        Note($"{key}", $"\"{Shortened(text)}\" is neither yes nor no");
        return null;
    }

    private void Note(string? field, string error) => _errors.Add(new FetchError(_path, field, error));

    private static string Shortened(string text) => text.Length <= 60 ? text : text[..60] + "…";

    [GeneratedRegex(@"^[0-9a-f]{40}(?:-rmd160|-shake128)?\z")]
    private static partial Regex HashForm();

    [GeneratedRegex(@"^[0-9a-f]{32}\z")]
    private static partial Regex RootHash();
}
