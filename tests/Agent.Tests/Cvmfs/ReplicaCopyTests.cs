using System.Text;
using Agent.Configuration;
using Agent.Cvmfs;
using Agent.Cvmfs.Publishing;
using Agent.Cvmfs.Publishing.Signing;
using Agent.Cvmfs.Replicas;
using Agent.Cvmfs.Scraping;
using Agent.Tests.Support;

namespace Agent.Tests.Cvmfs;

/// <summary>Copies of an owner that may be anything: what is not as it should be is not taken, and what was taken before stays.</summary>
public sealed class ReplicaCopyTests : IAsyncLifetime
{
    private const string Name = "images.example.org";
    private const string Root = $"/cvmfs/{Name}/";
    private const string PublicKey = $"/cvmfs/info/v1/{Name}.pub";

    private readonly TemporaryDirectory _files = new();
    private readonly ManualTime _time = new();
    private RunningCatalogue _catalogue = null!;
    private CannedFleet _fleet = null!;
    private PublishingSettings _settings = null!;
    private SigningKeys _keys = null!;
    private RefusedRevision? _refused;

    private string Owner => _fleet.Server(0);

    private string Copied => _files["copy"];

    public async Task InitializeAsync()
    {
        _catalogue = await RunningCatalogue.StartAsync();
        await _catalogue.AddIndexedAsync("A.img", new byte[5_000_000]);
        _fleet = await CannedFleet.StartAsync();
        _settings = new PublishingSettings(_files["cvmfs"], Name, "1.2.3+ogrepo-agent", new CvmfsOptions());
        _keys = MadeKeys.In(_settings.Keys);
        Publish(1);
    }

    [Fact]
    public async Task A_whole_revision_is_taken_and_again_only_when_there_is_another()
    {
        await CopyAsync();
        Assert.Equal(1, CopiedRevision());
        Assert.Equal((1, true), CopiedParts.Check(Copied, Held()));

        await _catalogue.AddIndexedAsync("B.img", [1, 2, 3]);
        Publish(2);
        await CopyAsync();

        Assert.Equal(2, CopiedRevision());
        Assert.Equal("B.img", CopiedParts.Find(Copied, ObjectHash.Of([1, 2, 3]), isPart: false)!.Image);
        Assert.Null(CopiedParts.Find(Copied, ObjectHash.Of([1, 2, 3]), isPart: true));
        File.Delete(_catalogue["B.img"]);
        await _catalogue.RescanAsync();
        Assert.Contains("B.img", await RefusalAsync());
        Assert.Equal("B.img", _refused!.Missing);
        Assert.Equal(2, CopiedRevision());
    }

    [Theory]
    [InlineData('C')]
    [InlineData('X')]
    [InlineData('H')]
    [InlineData('M')]
    [InlineData('Y')]
    public async Task An_object_that_is_not_what_its_name_says_is_not_taken(char kind)
    {
        var manifest = PublishedManifest.Read(_settings.DirectoryOf(Name))!;
        var path = kind == 'Y' ? ".cvmfsreflog" : ObjectHash.Path(kind switch { 'C' => manifest.Catalog, 'X' => manifest.Certificate, 'H' => manifest.Tags, _ => manifest.Metainfo }, kind);
        _fleet.Answer(Owner, Root + path, "nonsense");

        Assert.Contains("not what its name says", await RefusalAsync());

        Assert.Null(CopiedRevision());
    }

    [Fact]
    public async Task What_is_not_signed_by_the_key_that_was_known_first_is_not_taken()
    {
        await CopyAsync();
        var other = new SigningKeys(_files["other"]);
        other.Provide(Name, _time.GetUtcNow());
        _fleet.Answer(Owner, PublicKey, other.MasterPublicKey());
        Assert.Contains("another master key", await RefusalAsync());

        _fleet.Answer(Owner, PublicKey, _keys.MasterPublicKey());
        _fleet.Answer(Owner, Root + ".cvmfswhitelist", new Whitelist(other, TimeSpan.FromDays(30), _time).Of(Name));
        Assert.Contains("none of the master keys", await RefusalAsync());

        _fleet.Answer(Owner, Root + ".cvmfswhitelist", new Whitelist(_keys, TimeSpan.FromDays(30), _time).Of(Name));
        _time.Advance(TimeSpan.FromDays(31));
        Assert.Contains("expired", await RefusalAsync());
        Assert.Equal(1, CopiedRevision());
    }

    [Fact]
    public async Task A_revision_that_goes_back_is_not_taken()
    {
        Publish(5);
        await CopyAsync();
        Publish(4);

        Assert.Contains("from revision 5 to 4", await RefusalAsync());

        Assert.Equal(5, CopiedRevision());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("Cdata/../../../etc/passwd")]
    public async Task A_manifest_that_is_none_is_not_taken(string manifest)
    {
        var text = manifest.StartsWith('C') ? CannedFleet.Manifest(7, Name).Replace("C5bc74c10612636757bc188b728e781d09fe89487", manifest) : manifest;
        _fleet.Answer(Owner, Root + ".cvmfspublished", text);

        Assert.Contains("none as agents make them", await RefusalAsync());
    }

    [Theory]
    [InlineData(PublicKey, "nonsense")]
    [InlineData(PublicKey, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")]
    [InlineData(Root + ".cvmfswhitelist", "nonsense")]
    public async Task Keys_and_whitelists_that_are_none_are_told(string path, string content)
    {
        _fleet.Answer(Owner, path, content);

        Assert.NotEmpty(await RefusalAsync());

        Assert.Null(CopiedRevision());
    }

    [Theory]
    [InlineData("C4")]
    [InlineData("not a database")]
    public async Task A_signed_catalog_that_is_none_is_told(string content)
    {
        var store = new ObjectStore(_settings.DirectoryOf(Name));
        var bytes = Encoding.ASCII.GetBytes(content);
        var manifest = PublishedManifest.Read(_settings.DirectoryOf(Name))! with { Catalog = store.Put(bytes, ObjectHash.Catalog), CatalogSize = bytes.Length, Revision = 2 };
        File.WriteAllBytes(Path.Combine(_settings.DirectoryOf(Name), PublishedManifest.FileName), SignedText.Compose(manifest.ToText(), _keys.SignManifest));
        Serve();
        Assert.Contains("not a database", await RefusalAsync());

        File.WriteAllBytes(Path.Combine(_settings.DirectoryOf(Name), PublishedManifest.FileName), SignedText.Compose((manifest with { CatalogSize = 3_000_000_000 }).ToText(), _keys.SignManifest));
        Serve();
        Assert.Contains("3000000000", await RefusalAsync());
    }

    [Fact]
    public async Task A_whitelist_is_renewed_also_while_a_revision_cannot_be_taken()
    {
        await CopyAsync();
        _time.Advance(TimeSpan.FromDays(20));
        var renewed = new Whitelist(_keys, TimeSpan.FromDays(30), _time).Of(Name);
        _fleet.Answer(Owner, Root + ".cvmfswhitelist", renewed);

        await Copy().RefreshWhitelistAsync(Connection(), _time.GetUtcNow());

        Assert.Equal(renewed, File.ReadAllBytes(Path.Combine(Copied, ReplicaFiles.Whitelist)));
    }

    [Fact]
    public async Task Objects_of_old_revisions_go_after_days()
    {
        await CopyAsync();
        var first = PublishedManifest.Read(Copied)!;
        for (var revision = 2; revision <= 3; revision++)
        {
            await _catalogue.AddIndexedAsync($"{revision}.img", [(byte)revision]);
            _time.Advance(TimeSpan.FromDays(1));
            Publish(revision);
            // Files have the time of the real clock, which is long past the simulated one.
            foreach (var path in Directory.GetFiles(Path.Combine(Copied, "data"), "*", SearchOption.AllDirectories))
                File.SetLastWriteTimeUtc(path, _time.GetUtcNow().AddDays(-5).UtcDateTime);
            await CopyAsync();
        }

        var files = new ReplicaFiles(Copied);
        Assert.Null(files.PathOf(first.Catalog, ObjectHash.Catalog));
        Assert.All(PublishedManifest.Read(Copied)!.Objects, one => Assert.NotNull(files.PathOf(one.Hash, one.Letter)));
    }

    public async Task DisposeAsync()
    {
        await _fleet.DisposeAsync();
        await _catalogue.DisposeAsync();
        _files.Dispose();
    }

    private void Publish(long revision)
    {
        var content = RepositoryContent.Of(_catalogue.Catalogue.Current, Name).First();
        new RepositoryBuilder(_settings, _keys, _catalogue.Images).Build(content, new RepositoryState(revision, _time.GetUtcNow().ToUnixTimeSeconds(), "", null), _time.GetUtcNow());
        Serve();
    }

    private void Serve()
    {
        var directory = _settings.DirectoryOf(Name);
        foreach (var path in Directory.GetFiles(directory, "*", SearchOption.AllDirectories))
            _fleet.Answer(Owner, Root + Path.GetRelativePath(directory, path), File.ReadAllBytes(path));
        var manifest = PublishedManifest.Read(directory)!;
        _fleet.Answer(Owner, Root + ".cvmfsreflog", File.ReadAllBytes(new ObjectStore(directory).PathOf(manifest.Reflog)));
        _fleet.Answer(Owner, Root + ".cvmfswhitelist", new Whitelist(_keys, TimeSpan.FromDays(30), _time).Of(Name));
        _fleet.Answer(Owner, PublicKey, _keys.MasterPublicKey());
    }

    private HeldImages Held() => new(_catalogue.Catalogue.Current, _catalogue.Images);

    private ReplicaCopy Copy() => new(new ReplicaFiles(Copied), Name, Root.TrimEnd('/'), Held(), _refused);

    private ServerConnection Connection() => new(Http, $"http://{Owner}", CancellationToken.None, CancellationToken.None);

    private static HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(90) };

    private async Task CopyAsync()
    {
        var copy = Copy();
        await copy.RunAsync(Connection(), _time.GetUtcNow());
    }

    private async Task<string> RefusalAsync()
    {
        var copy = Copy();
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => copy.RunAsync(Connection(), _time.GetUtcNow()));
        Assert.True(refusal is NotInStepException or FetchException or IOException, refusal.ToString());
        _refused = copy.Refused;
        return refusal.Message;
    }

    private long? CopiedRevision() => PublishedManifest.Read(Copied)?.Revision;
}
