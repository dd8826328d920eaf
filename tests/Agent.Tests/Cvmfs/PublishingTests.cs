using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Agent.Configuration;
using Agent.Cvmfs.Publishing;
using Agent.Cvmfs.Publishing.Signing;
using Agent.Cvmfs.Publishing.Sqlite;
using Agent.Cvmfs.Scraping;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Cvmfs;

/// <summary>The parts that publish, without a server before them.</summary>
public sealed class PublishingTests : IDisposable
{
    private const string Name = "images.example.org";

    private readonly TemporaryDirectory _files = new();
    private readonly ManualTime _time = new();
    private readonly PublishingSettings _settings;
    private readonly SigningKeys _keys;

    public PublishingTests()
    {
        _settings = new PublishingSettings(_files["cvmfs"], Name, "1.2.3+ogrepo-agent", new CvmfsOptions());
        _keys = MadeKeys.In(_settings.Keys);
    }

    [Fact]
    public async Task Objects_of_old_revisions_go_after_days_and_those_of_the_last_two_stay()
    {
        await using var catalogue = await RunningCatalogue.StartAsync();
        await catalogue.AddIndexedAsync("A.img", new byte[5_000_000]);
        var builder = new RepositoryBuilder(_settings, _keys, catalogue.Images);
        var state = new RepositoryState(0, 0, "", null);
        var manifests = new List<PublishedManifest>();
        for (var revision = 1; revision <= 5; revision++)
        {
            _time.Advance(TimeSpan.FromDays(3));
            var content = RepositoryContent.Of(catalogue.Catalogue.Current, Name).First();
            (var publication, state) = builder.Build(content, state with { Revision = revision, Changed = _time.GetUtcNow().ToUnixTimeSeconds() }, _time.GetUtcNow());
            manifests.Add(publication.Manifest);
        }

        var store = new ObjectStore(_settings.DirectoryOf(Name));
        var there = manifests.Select(manifest => File.Exists(store.PathOf(manifest.Catalog, ObjectHash.Catalog))).ToList();

        Assert.Equal([false, false, false, true, true], there);
        Assert.All(manifests[^1].Objects, one => Assert.True(File.Exists(store.PathOf(one.Hash, one.Letter))));
        Assert.Equal(_time.GetUtcNow().ToUnixTimeSeconds(), state.Collected);
        Assert.Equal(manifests[^1], builder.Published(Name)!.Manifest);
        Assert.Equal(manifests[^1], PublishedManifest.Read(_settings.DirectoryOf(Name)));
        Assert.Equal(state, RepositoryState.Read(_settings.DirectoryOf(Name)));
    }

    [Fact]
    public void A_lost_or_damaged_state_goes_on_from_the_published_revision()
    {
        var directory = _settings.DirectoryOf(Name);
        new RepositoryState(7, 1_795_217_167, "c", null).Write(directory);
        File.WriteAllText(Path.Combine(directory, "state.json"), "{\"Revision\":");
        Assert.Equal(0, RepositoryState.Read(directory).Revision);

        File.WriteAllText(Path.Combine(directory, PublishedManifest.FileName), CannedFleet.Manifest(41), Encoding.Latin1);
        Assert.Equal(41, RepositoryState.Read(directory).Revision);
    }

    [Fact]
    public async Task A_part_of_an_image_is_found_by_its_hash()
    {
        await using var catalogue = await RunningCatalogue.StartAsync();
        var bytes = new byte[9_000_000];
        Random.Shared.NextBytes(bytes);
        await catalogue.AddIndexedAsync("ou/A.img", bytes);
        var content = RepositoryContent.Of(catalogue.Catalogue.Current, Name).Last();
        new RepositoryBuilder(_settings, _keys, catalogue.Images).Build(content, new RepositoryState(1, 5, "", null), _time.GetUtcNow());
        var directory = _settings.DirectoryOf("ou.images.example.org");

        var part = ImageParts.Find(directory, "ou", ObjectHash.Of(bytes.AsSpan(4 << 20, 4 << 20)), isPart: true);

        Assert.Equal(("ou/A.img", 9_000_000, 4 << 20, 4 << 20), (part!.Image, part.ImageLength, part.Offset, part.Length));
        Assert.Null(ImageParts.Find(directory, "ou", new string('0', 40), isPart: true));
        Assert.Null(ImageParts.Find(directory, "ou", new string('0', 40), isPart: false));
        Assert.Null(ImageParts.Find(_settings.DirectoryOf("none"), null, new string('0', 40), isPart: true));
    }

    [Fact]
    public async Task A_torrent_that_is_not_the_recorded_one_keeps_the_revision_before()
    {
        await using var catalogue = await RunningCatalogue.StartAsync();
        await catalogue.AddIndexedAsync("A.img", new byte[5_000_000]);
        File.WriteAllText(catalogue["A.img.torrent"], "nonsense");
        var builder = new RepositoryBuilder(_settings, _keys, catalogue.Images);
        var content = RepositoryContent.Of(catalogue.Catalogue.Current, Name).First();

        Assert.Throws<IOException>(() => builder.Build(content, new RepositoryState(1, 5, "", null), _time.GetUtcNow()));

        Assert.Null(builder.Published(Name));
        Assert.False(Directory.Exists(Path.Combine(_settings.DirectoryOf(Name), "work")));
    }

    [Fact]
    public async Task The_catalogue_is_cut_into_one_repository_a_unit()
    {
        await using var catalogue = await RunningCatalogue.StartAsync();
        Assert.Equal([(Name, 0)], Cut());
        foreach (var path in (string[])["b/1.img", "A.img", "a b/1.img", "b/2.img"])
            await catalogue.AddIndexedAsync(path, [1, 2, 3]);

        var cut = Cut();

        Assert.Equal([1, 1, 2], cut.Select(one => one.Count));
        Assert.Equal((Name, "b.images.example.org"), (cut[0].Name, cut[2].Name));
        Assert.StartsWith("a-b.images.example.org-", cut[1].Name, StringComparison.Ordinal);

        List<(string Name, int Count)> Cut() => [.. RepositoryContent.Of(catalogue.Catalogue.Current, Name).Select(one => (one.Name, one.Images.Length))];
    }

    [Fact]
    public async Task A_fingerprint_tells_contents_apart_and_nothing_else()
    {
        await using var catalogue = await RunningCatalogue.StartAsync();
        var empty = Fingerprint("");
        await catalogue.AddIndexedAsync("A.img", [1, 2, 3]);
        var one = Fingerprint("");

        Assert.NotEqual(empty, one);
        Assert.NotEqual(one, Fingerprint("x"));
        await catalogue.RescanAsync();
        Assert.Equal(one, Fingerprint(""));
        await catalogue.AddIndexedAsync("A.img", [1, 2, 3, 4]);
        Assert.NotEqual(one, Fingerprint(""));

        string Fingerprint(string beside) => RepositoryContent.Of(catalogue.Catalogue.Current, Name).First().Fingerprint(beside);
    }

    [Fact]
    public void Compression_gives_the_known_answer()
    {
        var store = new ObjectStore(_files["store"]);

        var hash = store.Put("hello\n"u8, ObjectHash.Metainfo);

        using var zlib = new ZLibStream(File.OpenRead(store.PathOf(hash, ObjectHash.Metainfo)), CompressionMode.Decompress);
        Assert.Equal("hello\n", new StreamReader(zlib).ReadToEnd());
        Assert.Equal(0x78, File.ReadAllBytes(store.PathOf(hash, ObjectHash.Metainfo))[0]);
        Assert.Equal(hash, Convert.ToHexStringLower(SHA1.HashData(File.ReadAllBytes(store.PathOf(hash, ObjectHash.Metainfo)))));
    }

    [Fact]
    public void Keys_of_paths_are_the_known_ones()
    {
        Assert.Equal(new PathKey(338333539836370388, 9098107892288553193), PathKey.Root);
        Assert.Equal(new PathKey(-7053991460750661488, -4811133436348994439), PathKey.Of("/disk.img"));
    }

    [Fact]
    public void Any_unit_and_host_give_a_name_that_readers_take() =>
        Prop.ForAll<string?, string?>((unit, host) => RepositoryName.IsValid(RepositoryName.OfHost(host ?? "")) && RepositoryName.IsValid(RepositoryName.OfUnit(unit ?? "", Name)))
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("ab/" + "cdef0123456789cdef0123456789cdef012345", true)]
    [InlineData("ab/" + "cdef0123456789cdef0123456789cdef012345C", true)]
    [InlineData("ab/" + "cdef0123456789cdef0123456789cdef012345Q", false)]
    [InlineData("AB/" + "cdef0123456789cdef0123456789cdef012345", false)]
    [InlineData("../" + "cdef0123456789cdef0123456789cdef012345", false)]
    [InlineData("", false)]
    public void Only_names_of_objects_are_taken_apart(string name, bool isObject) => Assert.Equal(isObject, ObjectHash.TryParse(name, out _, out _));

    [Fact]
    public void Any_text_is_stored_and_read_again() =>
        Prop.ForAll<string?>(text =>
        {
            var plain = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
            using var database = SqliteDatabase.OpenOrCreate(_files[Guid.NewGuid().ToString()]);
            database.Run("CREATE TABLE t (v TEXT NOT NULL)");
            using (var insert = database.Prepare("INSERT INTO t VALUES (?)"))
                insert.Bind(1, plain).Run();
            using var select = database.Prepare("SELECT v, length(CAST(v AS BLOB)) FROM t");
            return select.Read() && select.Text(0) == plain && select.Integer(1) == Encoding.UTF8.GetByteCount(plain) && !select.Read();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void What_is_no_database_is_told()
    {
        File.WriteAllText(_files["nonsense"], new string('x', 5000));

        using var database = SqliteDatabase.OpenToRead(_files["nonsense"]);

        Assert.Contains("not a database", Assert.Throws<IOException>(() => database.Run("SELECT * FROM t")).Message);
        Assert.Throws<IOException>(() => SqliteDatabase.OpenToRead(_files["nowhere"]));
    }

    [Fact]
    public void Whatever_a_server_answers_there_is_a_result() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            bytes ??= [];
            var errors = new List<FetchError>();
            var empty = new ScrapedRepository { Name = "a", Server = "b", Path = "/cvmfs/a", FetchErrors = errors };
            ManifestReader.Read(bytes, empty, "m", errors);
            ManifestReader.Read([.. bytes, .. "\n--\nx\n"u8, .. bytes], empty, "m", errors);
            StatusReader.Read(bytes, empty, "s", errors);
            try
            {
                ServerList.Parse(bytes);
            }
            catch (FetchException)
            {
                errors.Add(new FetchError("l", null, ""));
            }
            return errors.Count > 0;
        }).QuickCheckThrowOnFailure();

    public void Dispose() => _files.Dispose();
}
