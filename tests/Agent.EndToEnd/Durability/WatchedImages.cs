using System.Text.Json;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Durability;

/// <summary>
/// The images of a repository whose agent is disturbed, with every content they have had, and what must hold for them at any moment and
/// after all is done.
/// </summary>
internal sealed class WatchedImages(TestRepository repository)
{
    private const string Leftover = ".ogrepo-tmp";

    private readonly Dictionary<string, List<Version>> _versions = [];
    private readonly Dictionary<string, DateTime> _written = [];
    private readonly Dictionary<string, string> _clients = [];

    /// <summary>The images that are there.</summary>
    public IEnumerable<string> Present => _written.Keys;

    /// <summary>Puts an image in place, or a new content in the place of the old, by rename.</summary>
    public void Put(string path, int length)
    {
        var content = Contents.Random(length);
        var coming = repository.Beside("coming");
        File.WriteAllBytes(coming, content);
        Directory.CreateDirectory(Path.GetDirectoryName(repository[path])!);
        File.Move(coming, repository[path], overwrite: true);
        _written[path] = File.GetLastWriteTimeUtc(repository[path]);
        if (!_versions.TryGetValue(path, out var versions))
            _versions[path] = versions = [];
        versions.Add(Version.Of(Path.GetFileName(path), content));
    }

    /// <summary>Writes the facts of an image as a client does, after the image.</summary>
    public void Describe(string path, string client)
    {
        File.WriteAllText(repository[$"{path}.info"], $"PARTCLONE:LZOP:NTFS:1000:{client}\n");
        _clients[path] = client;
    }

    /// <summary>Makes the agent read an image again: its time is another, its content is not.</summary>
    public void Touch(string path)
    {
        File.SetLastWriteTimeUtc(repository[path], DateTime.UtcNow);
        _written[path] = File.GetLastWriteTimeUtc(repository[path]);
    }

    public void Delete(string path)
    {
        File.Delete(repository[path]);
        _written.Remove(path);
    }

    /// <summary>True where every sidecar of every image is there and right.</summary>
    public bool AreFinished() => Present.All(path => Sidecars.Endings.All(ending => File.Exists(repository[path + ending])) && IsRight(path));

    /// <summary>
    /// What holds whenever the agent was stopped: images as they were put, every file of the agent whole and true of a content that its
    /// image has had, and no fact lost.
    /// </summary>
    public void AssertWhole()
    {
        foreach (var (path, written) in _written)
            Assert.Equal((path, _versions[path][^1].Length, written), (path, new FileInfo(repository[path]).Length, File.GetLastWriteTimeUtc(repository[path])));
        foreach (var (path, versions) in _versions)
            AssertWhole(path, versions);
        var listed = AssertRepoinfo();
        foreach (var (path, client) in _clients.Where(entry => _written.ContainsKey(entry.Key)))
        {
            var isKept = File.Exists(repository[$"{path}.info"]) || (listed.TryGetValue(path, out var known) && known == client);
            Assert.True(isKept, $"{path}: neither .info nor repoinfo.json knows that it comes from {client}");
        }
    }

    /// <summary>What holds when a later agent has done its work: everything is there, right, and nothing else.</summary>
    public async Task AssertRightAsync(AgentProcess agent)
    {
        foreach (var path in Present)
        {
            var image = await agent.SeeAsync(
                $"{path} is ready", async () => await agent.Api.FindReadyAsync(path) is { } now && now.FullSum == _versions[path][^1].FullSum ? now : null);
            Assert.Equal(_versions[path][^1].InfoHash, image.InfoHash);
            Assert.True(IsRight(path), $"sidecars of {path}");
            Assert.Equal(_versions[path][^1].FullSum, (await ReferenceDigests.OfAsync(repository[path])).FullSum);
        }
        var listed = AssertRepoinfo();
        Assert.Equal(Present.Order(StringComparer.Ordinal), listed.Keys.Order(StringComparer.Ordinal));
        Assert.All(_clients.Where(entry => listed.ContainsKey(entry.Key)), entry => Assert.Equal(entry.Value, listed[entry.Key]));
        var expected = Present.SelectMany(path => Sidecars.Endings.Select(ending => path + ending).Append(path));
        var there = Directory.EnumerateFiles(repository.Images, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(repository.Images, file));
        Assert.Equal(expected.Order(StringComparer.Ordinal), there.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(Directory.EnumerateFiles(repository.State), file => file.EndsWith(Leftover, StringComparison.Ordinal));
    }

    private void AssertWhole(string path, List<Version> versions)
    {
        var (sum, fullSum, torrent) = (repository[$"{path}.sum"], repository[$"{path}.full.sum"], repository[$"{path}.torrent"]);
        if (File.Exists(sum))
            Assert.Contains(Sidecars.ReadSum(sum), versions.Select(version => version.Sum));
        if (File.Exists(fullSum))
            Assert.Contains(Sidecars.ReadSum(fullSum), versions.Select(version => version.FullSum));
        if (File.Exists(torrent))
            Assert.Contains(Torrent.Read(torrent).InfoHash, versions.Select(version => version.InfoHash));
    }

    private bool IsRight(string path)
    {
        var now = _versions[path][^1];
        return Sidecars.ReadSum(repository[$"{path}.sum"]) == now.Sum && Sidecars.ReadSum(repository[$"{path}.full.sum"]) == now.FullSum
            && Torrent.Read(repository[$"{path}.torrent"]) is { } torrent && torrent.InfoHash == now.InfoHash && torrent.Comment == now.FullSum;
    }

    /// <summary>Asserts that repoinfo.json, if it is there, is whole; its images with the clients they come from.</summary>
    private Dictionary<string, string> AssertRepoinfo()
    {
        if (!File.Exists(repository.Repoinfo))
            return [];
        using var json = JsonDocument.Parse(File.ReadAllBytes(repository.Repoinfo));
        Assert.Equal(["directory", "images", "ous"], json.RootElement.EnumerateObject().Select(property => property.Name));
        var common = Images(json.RootElement, "");
        var units = json.RootElement.GetProperty("ous").EnumerateArray().SelectMany(ou => Images(ou, ou.GetProperty("subdir").GetString() + "/"));
        var listed = common.Concat(units).ToDictionary();
        Assert.All(listed.Keys, path => Assert.Contains(path, _versions.Keys));
        return listed;
    }

    private static IEnumerable<KeyValuePair<string, string>> Images(JsonElement parent, string directory) =>
        parent.GetProperty("images").EnumerateArray().Select(image => KeyValuePair.Create(
            $"{directory}{image.GetProperty("name")}.{image.GetProperty("type")}", image.GetProperty("clientname").GetString()!));
}
