using System.Net;
using System.Text;
using Agent.Configuration;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Configuration;

public sealed class AgentConfigurationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public AgentConfigurationTests() => Directory.CreateDirectory(_directory["images"]);

    [Fact]
    public void A_file_with_the_image_directory_alone_gives_the_defaults()
    {
        var options = Check("");

        Assert.Equal(_directory["images"], options.Repository.Images);
        Assert.Equal(_directory["images_trash"], options.Repository.Trash);
        Assert.Equal("/var/lib/ogrepo-agent/repoinfo.json", options.Repository.Repoinfo);
        Assert.Equal("/var/lib/ogrepo-agent/api.key", options.ApiKeyFile);
        Assert.Equal(TimeSpan.FromSeconds(2), options.Repository.Settle);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 8006), options.Server.Listen);
        Assert.Equal(new IPEndPoint(IPAddress.Any, 6969), options.Tracker.Listen);
        Assert.Equal(new IPEndPoint(IPAddress.Any, 6881), options.Seeder.Listen);
        Assert.True(options.Tracker.Enabled && options.Tracker.Udp && options.Seeder.Enabled);
        Assert.True(options.Server.PublicNetworks.Contains(IPAddress.Parse("2001:db8::1")));
    }

    [Fact]
    public void Every_value_of_the_file_arrives()
    {
        _directory.Write("campus2.key", "k2");
        File.SetUnixFileMode(_directory["campus2.key"], UnixFileMode.UserRead);

        var options = Check($"""
            state = "{_directory.Root}/state/"
            repoinfo = "{_directory.Root}/./x/../repoinfo.json"
            trash = "{_directory["bin"]}"
            settle = "0ms"
            rescan = "1h"
            [server]
            listen = "[::]:0"
            advertise = "repo.example.org"
            api_key = "secret"
            public_networks = ["10.0.0.0/8", "fe80::1"]
            [indexing]
            trust_existing = true
            [torrent]
            web_seed = true
            [tracker]
            enabled = false
            listen = "localhost:0"
            udp = false
            networks = []
            [seeder]
            listen = "127.0.0.1:1"
            rate_limit = "70Mbit/s"
            max_connections = 3
            [[remote]]
            name = "campus2"
            url = "https://campus2:8006/"
            api_key_file = "{_directory["campus2.key"]}"
            rate_limit = "unlimited"
            [[remote]]
            name = "old"
            ssh = "root@192.168.1.2"
            """);

        Assert.Equal(_directory["state"], options.Repository.State);
        Assert.Equal(_directory["repoinfo.json"], options.Repository.Repoinfo);
        Assert.Equal(_directory["bin"], options.Repository.Trash);
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromHours(1)), (options.Repository.Settle, options.Repository.Rescan));
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Any, 0), options.Server.Listen);
        Assert.Equal("repo.example.org", options.Server.Advertise);
        Assert.Equal("secret", options.Server.ApiKey?.Value);
        Assert.Null(options.ApiKeyFile);
        Assert.True(options.Server.PublicNetworks.Contains(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.False(options.Server.PublicNetworks.Contains(IPAddress.Parse("11.1.2.3")));
        Assert.True(options.Indexing.TrustExisting && options.Torrent.WebSeed);
        Assert.False(options.Tracker.Enabled || options.Tracker.Udp || options.Tracker.Networks.Contains(IPAddress.Loopback));
        Assert.Equal(8_750_000, options.Seeder.RateLimit?.BytesPerSecond);
        Assert.Equal(3, options.Seeder.MaxConnections);
        Assert.Equal(["campus2", "old"], options.Remotes.Select(remote => remote.Name));
        Assert.Equal("https://campus2:8006/", options.Remotes[0].Url?.ToString());
        Assert.Equal("root@192.168.1.2", options.Remotes[1].Ssh);
    }

    [Fact]
    public void All_errors_are_told_at_once_each_with_its_place()
    {
        var error = Assert.Throws<ConfigurationException>(() => AgentConfiguration.Parse("""
            [repository]
            images = "images"
            settle = "2 parsecs"
            rescan = 5
            setle = "2s"

            [servers]
            [tracker]
            listen = "6969"
            networks = ["10.0.0.1/8", 5]
            udp = "yes"
            enabled = false
            [seeder]
            max_connections = 0
            [[remote]]
            name = "a b"
            url = "ftp://x"
            """u8, "/etc/agent.toml").Check());

        Assert.Equal(
            """
            /etc/agent.toml:2:10: repository.images: "images" is not an absolute path; write for example "/opt/opengnsys/images"
            /etc/agent.toml:3:10: repository.settle: "2 parsecs" is not a duration; write for example 200ms, 2s, 10m, 1h
            /etc/agent.toml:4:10: repository.rescan: 5 is not a duration; write for example 200ms, 2s, 10m, 1h
            /etc/agent.toml:5:1: repository.setle: unknown key; did you mean "settle"?
            /etc/agent.toml:7:2: servers: unknown key; did you mean "server"?
            /etc/agent.toml:9:10: tracker.listen: "6969" is not an address and port; write for example 127.0.0.1:8006, 0.0.0.0:8006 or [::]:8006
            /etc/agent.toml:10:13: tracker.networks: "10.0.0.1/8" is not a network; write for example 10.0.0.0/8, 192.168.1.5 or 2001:db8::/32, with zeros behind the prefix
            /etc/agent.toml:10:27: tracker.networks: 5 is not a network; write for example 10.0.0.0/8, 192.168.1.5 or 2001:db8::/32, with zeros behind the prefix
            /etc/agent.toml:11:7: tracker.udp: "yes" is not a boolean; write true or false
            /etc/agent.toml:14:19: seeder.max_connections: 0 is not an integer from 1 to 60000
            /etc/agent.toml:16:8: remote[1].name: "a b" is not a name of letters, digits, '.', '_' and '-'
            /etc/agent.toml:17:7: remote[1].url: "ftp://x" is not an http or https URL; write for example "http://192.168.60.10:8006"
            """, error.Message);
    }

    [Theory]
    [InlineData("settle = '11m'", "4:10: repository.settle: \"11m\" is not within its limits, 0ms to 10m")]
    [InlineData("\"a\\nb\" = 1", "4:1: repository.\"a\\nb\": unknown key; known here are images, state, repoinfo, trash, settle, rescan, opengnsys_config")]
    [InlineData("trash = 'DIR/images'", "4:9: repository.trash: the trash and the image directory are the same directory, \"DIR/images\"; they must lie apart")]
    [InlineData("trash = 'DIR/images/bin'", "4:9: repository.trash: the trash \"DIR/images/bin\" lies in the image directory \"DIR/images\"; they must lie apart")]
    [InlineData("trash = 'DIR'", "4:9: repository.trash: the image directory \"DIR/images\" lies in the trash \"DIR\"; they must lie apart")]
    [InlineData("state = 'DIR/images/state'", "4:9: repository.state: the state directory \"DIR/images/state\" lies in the image directory \"DIR/images\"; they must lie apart")]
    [InlineData("state = 'DIR/images_trash/s'", "4:9: repository.state: the state directory \"DIR/images_trash/s\" lies in the trash \"DIR/images_trash\"; they must lie apart")]
    [InlineData("state = 'DIR/link'", "4:9: repository.state: the state directory and the image directory are the same directory, \"DIR/images\"; they must lie apart")]
    [InlineData("state = 'DIR/file'", "4:9: repository.state: \"DIR/file\" is not a directory")]
    [InlineData("trash = '/proc/trash'", "4:9: repository.trash: \"/proc/trash\" is not on the file system of \"DIR/images\"; choose a directory beside the images")]
    [InlineData("repoinfo = 'DIR/none/r.json'", "4:12: repository.repoinfo: \"DIR/none\" is not a directory; make it or correct the path")]
    [InlineData("opengnsys_config = 'DIR/none'", "4:20: repository.opengnsys_config: \"DIR/none\" does not exist")]
    [InlineData("opengnsys_config = '/dev/zero'", "4:20: repository.opengnsys_config: \"/dev/zero\" is not a file of at most 64KiB; expected OpenGnsys' ogAdmRepo.cfg")]
    [InlineData("[trash]\ndelete_marks = 'DIR/none'", "5:16: trash.delete_marks: \"DIR/none\" is not a directory; make it or correct the path")]
    [InlineData("[server]\napi_key = 'k'\napi_key_file = '/x'", "5:11: server.api_key: given together with api_key_file; keep one of the two")]
    [InlineData("[server]\napi_key = 'näh'", "5:11: server.api_key: expected 1 to 512 visible ASCII characters without blanks, because it travels in an HTTP header")]
    [InlineData("[server]\napi_key_file = 'DIR/file'", "5:16: server.api_key_file: \"DIR/file\" may be used by others than its owner (mode 644); run: chmod 600 \"DIR/file\"")]
    [InlineData("[server]\nadvertise = '0.0.0.0'", "5:13: server.advertise: \"0.0.0.0\" is not an address or host name that others can reach")]
    [InlineData("[server]\nlisten = '127.0.0.1:6969'", "tracker.listen: \"0.0.0.0:6969\" collides with server.listen = \"127.0.0.1:6969\"; choose another port")]
    [InlineData("[remote]\nname = 'x'", "4:1: remote: {name} is not an array of tables; write [[remote]]")]
    [InlineData("[[place]]\nat = ['h']\nlatitude = 91\nlongitude = 0", "6:12: place[1].latitude: 91 is not degrees from -90 to 90; write for example 41.65")]
    [InlineData("[[place]]\nat = ['h']\nlatitude = 1.5", "4:1: place[1].longitude: missing; give it in degrees")]
    [InlineData("[[place]]\nlatitude = 1\nlongitude = -2", "4:1: place[1].at: missing; list the hosts and networks that are there")]
    [InlineData("[[scrape]]\nstratum0 = ['h']\nmaster_keys = ['DIR/none']", "6:15: scrape[1].master_keys: Could not find file 'DIR/none'. Get it from the owner of the repository, for example http://HOST/cvmfs/info/v1/NAME.pub")]
    [InlineData("[[remote]]", "4:1: remote[1].name: missing; every remote needs a name")]
    [InlineData("[[remote]]\nname = 'x'", "4:1: remote[1].url: missing; give url = \"http://…\" of an agent, or ssh = \"user@host\" of a legacy server")]
    [InlineData("[[remote]]\nname = 'x'\nssh = 'h'\nurl = 'http://h'", "6:7: remote[1].ssh: given together with url; keep one of the two")]
    [InlineData("[[remote]]\nname = 'x'\nssh = '-oProxyCommand=x'", "6:7: remote[1].ssh: \"-oProxyCommand=x\" is not an ssh destination; write for example \"user@host\"")]
    [InlineData("[[remote]]\nname = 'x'\nssh = 'h'\n[[remote]]\nname = 'x'\nssh = 'i'", "8:8: remote[2].name: \"x\" is the name of an earlier remote; choose another one")]
    [InlineData("[[remote]]\nname = 'x'\nurl = 'http://h'\napi_key_file = 'DIR/none'", "7:16: remote[1].api_key_file: \"DIR/none\" does not exist")]
    public void An_error_names_place_key_value_and_what_was_expected(string lines, string expected)
    {
        _directory.Write("file", "text");
        File.SetUnixFileMode(_directory["file"], (UnixFileMode)0b110_100_100);
        Directory.CreateSymbolicLink(_directory["link"], _directory["images"]);

        var error = Assert.Throws<ConfigurationException>(() => Check(lines.Replace("DIR", _directory.Root)));

        Assert.Contains(expected.Replace("DIR", _directory.Root), error.Message);
    }

    [Fact]
    public void A_missing_image_directory_is_refused_and_named()
    {
        var error = Assert.Throws<ConfigurationException>(() => AgentConfiguration.Parse("\n[repository]\nimages = '/no/such'"u8, "a.toml").Check());

        Assert.Equal("a.toml:3:10: repository.images: \"/no/such\" does not exist; make the directory or correct the path", error.Message);
    }

    [Fact]
    public void A_file_without_image_directory_needs_it_on_the_command_line()
    {
        var configuration = AgentConfiguration.Parse("[repository]"u8, "a.toml");

        var error = Assert.Throws<ConfigurationException>(() => configuration.Check());
        var options = configuration.With(images: _directory["images"]).Check();

        Assert.Equal("a.toml:1:1: repository.images: missing; give the image directory here or with --images DIR", error.Message);
        Assert.Equal(_directory["images"], options.Repository.Images);
    }

    [Fact]
    public void The_command_line_alone_is_enough()
    {
        var options = AgentConfiguration.Defaults.With(_directory["images"] + "/", "127.0.0.1:0", _directory["state"]).Check();

        Assert.Equal(_directory["images"], options.Repository.Images);
        Assert.Equal(_directory["images_trash"], options.Repository.Trash);
        Assert.Equal(_directory["state"] + "/repoinfo.json", options.Repository.Repoinfo);
        Assert.Equal(0, options.Server.Listen.Port);
    }

    [Fact]
    public void Relative_paths_of_the_command_line_start_at_the_working_directory()
    {
        var error = Assert.Throws<ConfigurationException>(() => AgentConfiguration.Defaults.With("no-such-directory").Check());

        Assert.Contains($"--images: repository.images: \"{Environment.CurrentDirectory}/no-such-directory\" does not exist", error.Message);
    }

    [Fact]
    public void Wrong_values_of_the_command_line_name_the_option()
    {
        var error = Assert.Throws<ConfigurationException>(() => AgentConfiguration.Defaults.With(listen: "8006").Check());

        Assert.Contains("--listen: server.listen: \"8006\" is not an address and port", error.Message);
        Assert.Contains("no configuration file: repository.images: missing", error.Message);
    }

    [Fact]
    public void A_file_that_cannot_be_read_or_is_not_toml_is_refused_at_once()
    {
        var missing = Assert.Throws<ConfigurationException>(() => AgentConfiguration.Read(_directory["none.toml"]));
        var broken = Assert.Throws<ConfigurationException>(() => AgentConfiguration.Read(_directory.Write("b.toml", "[repository]\nimages = \n")));
        var endless = Assert.Throws<ConfigurationException>(() => AgentConfiguration.Read("/dev/zero"));

        Assert.StartsWith($"{_directory["none.toml"]}: cannot be read: ", missing.Message);
        Assert.Equal($"{_directory["b.toml"]}:2:10: expected a value, found the end of the line", broken.Message);
        Assert.Equal("/dev/zero: cannot be read: it is longer than 1MiB", endless.Message);
    }

    [Fact]
    public void An_installed_opengnsys_gives_address_and_key()
    {
        _directory.Write("ogAdmRepo.cfg", "# comment\nIPlocal=192.168.1.5\nexport ApiToken=\"0123abc\" # key\nother\n");

        var options = Check($"opengnsys_config = '{_directory["ogAdmRepo.cfg"]}'");

        Assert.Equal("192.168.1.5", options.Server.Advertise);
        Assert.Equal("0123abc", options.Server.ApiKey?.Value);
    }

    [Fact]
    public void The_agents_own_values_come_before_those_of_opengnsys()
    {
        _directory.Write("ogAdmRepo.cfg", "IPlocal=192.168.1.5\nApiToken=0123abc\n");

        var options = Check($"opengnsys_config = '{_directory["ogAdmRepo.cfg"]}'\n[server]\nadvertise = '10.0.0.1'\napi_key_file = '{_directory["k"]}'");

        Assert.Equal("10.0.0.1", options.Server.Advertise);
        Assert.Null(options.Server.ApiKey);
        Assert.Equal(_directory["k"], options.ApiKeyFile);
    }

    [Fact]
    public void Keys_do_not_show_in_the_text_form_of_the_options() =>
        Assert.DoesNotContain("hush", Check("[server]\napi_key = 'hush'").ToString(), StringComparison.Ordinal);

    [Fact]
    public void Any_document_gives_options_or_a_configuration_exception()
    {
        string[] keys = ["repository", "server", "listen", "api_key", "remote", "name", "networks", "settle", "rate_limit", "x", "state", "opengnsys_config", "advertise"];
        string[] values = ["1", "''", "'a'", "true", "[]", "[1]", "{}", "{a=1}", "'/'", "'/proc'", "'1.2.3.4:5'", "'99999999999999999999d'", "1979-05-27", "'\\u0000'", "\"\\u0000\"", "inf"];
        var assignment = Gen.Elements(keys).SelectMany(key => Gen.Elements(values).Select(value => $"{key} = {value}"));
        var header = Gen.Elements(keys).SelectMany(key => Gen.Elements($"[{key}]", $"[[{key}]]"));
        var documents = Gen.OneOf(assignment, header).ArrayOf().Select(lines => string.Join('\n', lines));

        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(documents.ToArbitrary(), GivesOptionsOrRefuses));
    }

    public void Dispose() => _directory.Dispose();

    private static bool GivesOptionsOrRefuses(string document)
    {
        try
        {
            AgentConfiguration.Parse(Encoding.UTF8.GetBytes(document), "a.toml").Check();
        }
        catch (ConfigurationException e)
        {
            return e.Errors.Count > 0 && e.Message.Split('\n').Length == e.Errors.Count;
        }
        return true;
    }

    private AgentOptions Check(string lines)
    {
        var path = _directory.Write("agent.toml", $"\n[repository]\nimages = '{_directory["images"]}'\n{lines}");
        return AgentConfiguration.Read(path).Check();
    }
}
