using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Agent.Configuration;
using Agent.Configuration.Toml;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Configuration;

public sealed partial class EffectiveConfigurationTests
{
    private const string Everything =
        """
        [repository]
        images = "/srv/two \"words\"\n"
        settle = "250ms"
        [server]
        advertise = "::1"
        api_key = "this-is-a-secret"
        public_networks = ["10.0.0.0/8", "fe80::1"]
        [log]
        level = "info"
        [checks]
        every = "never"
        [seeder]
        rate_limit = "70Mbit/s"
        [cvmfs]
        geo_order = ["a.example.org", "b.example.org"]
        replica_listen = "[::]:8007"
        [[remote]]
        name = "campus2"
        url = "http://192.168.60.10:8006/"
        api_key = "another-secret"
        rate_limit = "80MiB/s"
        [[remote]]
        name = "old"
        ssh = "opengnsys@192.168.60.11"
        [[scrape]]
        stratum0 = ["192.168.56.10:8006"]
        [[place]]
        at = ["10.1.0.0/16"]
        latitude = 41.65
        longitude = -1
        """;

    [Fact]
    public void What_is_shown_means_the_same()
    {
        // With a key of its own the server has no file of one; without, it would.
        var (shown, options) = Shown(Everything.Replace("api_key = \"this-is-a-secret\"\n", ""));

        var (again, same) = Shown(shown);

        Assert.Equal(shown.Replace("is given, and not shown", "is not given"), again);
        // By text, in which a path that follows from another and the same path written out are equal.
        Assert.Equal(options.Repository.ToString(), same.Repository.ToString());
        Assert.Equal(options.Seeder, same.Seeder);
        Assert.Equal(options.Checks, same.Checks);
        Assert.Equal((41.65, -1.0), (same.Places[0].Latitude, same.Places[0].Longitude));
        Assert.Equal(options.Cvmfs.GeoOrder, same.Cvmfs.GeoOrder);
        Assert.Equal(options.Remotes.Select(remote => remote with { ApiKey = null }), same.Remotes);
    }

    [Fact]
    public void Secrets_are_left_out()
    {
        var shown = Shown(Everything).Text;

        Assert.DoesNotContain("secret", shown);
        Assert.Equal(2, shown.Split("# api_key is given, and not shown").Length - 1);
    }

    [Fact]
    public void Every_key_that_there_is_is_shown()
    {
        var shown = Shown(Everything).Text;

        var missing = Keys().Where(key => !Regex.IsMatch(shown, $"^(# )?{key}( = | is )", RegexOptions.Multiline));

        Assert.Empty(missing);
    }

    [Fact]
    public void Defaults_and_what_follows_from_them_are_shown()
    {
        var shown = Shown("[repository]\nimages = \"/srv/images\"\n[server]\nadvertise = \"repo.example.org\"").Text;

        Assert.Contains("state = \"/var/lib/ogrepo-agent\"\n", shown);
        Assert.Contains("settle = \"2s\"  # default\n", shown);
        Assert.Contains("trash = \"/srv/images_trash\"\n", shown);
        Assert.Contains("api_key_file = \"/var/lib/ogrepo-agent/api.key\"\n", shown);
        Assert.Contains("images = \"/srv/images\"\n", shown);
        Assert.Contains("rate_limit = \"unlimited\"", shown);
    }

    [Fact]
    public void Every_text_is_read_back() => Prop.ForAll<NonNull<string>>(some =>
    {
        var text = new string([.. some.Get.Where(letter => !char.IsSurrogate(letter))]) + "\U000E0001😀";

        var table = TomlReader.Read(Encoding.UTF8.GetBytes($"text = {TomlText.Literal(text)}"));

        Assert.True(table.TryGet("text", out var value));
        Assert.Equal(text, Assert.IsType<TomlString>(value).Value);
    }).QuickCheckThrowOnFailure();

    private static (string Text, AgentOptions Options) Shown(string toml)
    {
        var configuration = AgentConfiguration.Parse(Encoding.UTF8.GetBytes(toml), "test");
        var options = configuration.Review().Options;
        return (EffectiveConfiguration.ToToml(configuration, options), options);
    }

    private static IEnumerable<string> Keys([CallerFilePath] string here = "")
    {
        var example = File.ReadAllText(Path.GetFullPath(Path.Combine(here, "../../../../agent.toml.example")));
        return Key().Matches(example).Select(match => match.Groups[1].Value).Distinct();
    }

    [GeneratedRegex(@"^(?:# ?|#)?([a-z_0-9]+) = ", RegexOptions.Multiline)]
    private static partial Regex Key();
}
