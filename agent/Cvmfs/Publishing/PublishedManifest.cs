using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Agent.Cvmfs.Publishing;

/// <summary>The manifest of a revision, <c>.cvmfspublished</c>: what the own ones say, written and read again.</summary>
internal sealed record PublishedManifest
{
    /// <summary>Name of the file.</summary>
    public const string FileName = ".cvmfspublished";

    /// <summary>MD5 of the path of the root, which is always the same.</summary>
    public const string RootPathHash = "d41d8cd98f00b204e9800998ecf8427e";

    /// <summary>Hash of the root catalog.</summary>
    public required string Catalog { get; init; }

    /// <summary>Size of the root catalog in bytes, uncompressed.</summary>
    public required long CatalogSize { get; init; }

    /// <summary>Seconds until a client looks again.</summary>
    public required long TimeToLive { get; init; }

    /// <summary>Revision.</summary>
    public required long Revision { get; init; }

    /// <summary>Name of the repository.</summary>
    public required string Name { get; init; }

    /// <summary>Hash of the certificate.</summary>
    public required string Certificate { get; init; }

    /// <summary>Hash of the tag database.</summary>
    public required string Tags { get; init; }

    /// <summary>When the revision came to be, in seconds since 1970-01-01 UTC.</summary>
    public required long Published { get; init; }

    /// <summary>Hash of what the repository says of itself.</summary>
    public required string Metainfo { get; init; }

    /// <summary>Hash of the reflog.</summary>
    public required string Reflog { get; init; }

    /// <summary>The objects it names, but for the reflog.</summary>
    public IEnumerable<PublishedObject> Objects =>
    [
        new(Catalog, ObjectHash.Catalog), new(Certificate, ObjectHash.Certificate), new(Tags, ObjectHash.Tags), new(Metainfo, ObjectHash.Metainfo),
    ];

    /// <summary>The lines, in the order in which real servers write them.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"""
        C{Catalog}
        B{CatalogSize}
        R{RootPathHash}
        D{TimeToLive}
        S{Revision}
        Gyes
        Ano
        N{Name}
        X{Certificate}
        H{Tags}
        T{Published}
        M{Metainfo}
        Y{Reflog}

        """);

    /// <summary>The manifest that stands in the directory of a repository; null where none does.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static PublishedManifest? Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        return File.Exists(path) && TryParse(File.ReadAllBytes(path), out var manifest) ? manifest : null;
    }

    /// <summary>Reads what <see cref="ToText"/> wrote, signed; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PublishedManifest? manifest)
    {
        manifest = null;
        if (!SignedText.TryParse(bytes, out var signed) || !signed.HashFits)
            return false;
        var fields = new Dictionary<char, string>();
        foreach (var line in signed.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            fields[line[0]] = line[1..];
        if (!"CBDSNXHTMY".All(fields.ContainsKey) || !"BDST".All(key => long.TryParse(fields[key], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            return false;
        if (!"CXHMY".All(key => ObjectHash.IsHash(fields[key])))
            return false;
        long Number(char key) => long.Parse(fields[key], CultureInfo.InvariantCulture);
        manifest = new PublishedManifest
        {
            Catalog = fields['C'],
            CatalogSize = Number('B'),
            TimeToLive = Number('D'),
            Revision = Number('S'),
            Name = fields['N'],
            Certificate = fields['X'],
            Tags = fields['H'],
            Published = Number('T'),
            Metainfo = fields['M'],
            Reflog = fields['Y'],
        };
        return true;
    }
}
