using System.Net;
using System.Net.Sockets;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Cli;

/// <summary>
/// What <c>serve</c> does with a configuration that cannot be right: exit code 2, and a line that names file, line, column, key and remedy.
/// </summary>
public sealed class ServeRefusalTests : IDisposable
{
    private const int Misconfigured = 2;

    private readonly TemporaryDirectory _directory = new();

    public ServeRefusalTests()
    {
        Directory.CreateDirectory(_directory["images"]);
        Directory.CreateDirectory(_directory["state"]);
        _directory.Write("file", "");
        _directory.Write("open.key", "0123456789abcdef0123456789abcdef\n");
        File.SetUnixFileMode(_directory["open.key"], (UnixFileMode)0b110_100_100);
        File.SetUnixFileMode(_directory.Write("blank.key", "two words\n"), UnixFileMode.UserRead);
    }

    /// <summary>Below, <c>@</c> stands for the test's directory; each row's fault is in its second part, which begins on line 4.</summary>
    [Theory]
    [InlineData("settle = \"2 parsecs\"", 4, 10, "repository.settle", "\"2 parsecs\" is not a duration")]
    [InlineData("settle = 2", 4, 10, "repository.settle", "2 is not a duration")]
    [InlineData("settle = \"11m\"", 4, 10, "repository.settle", "0ms to 10m")]
    [InlineData("  rescan = \"1ms\"", 4, 12, "repository.rescan", "100ms to 1d")]
    [InlineData("setle = \"2s\"", 4, 1, "repository.setle", "did you mean \"settle\"?")]
    [InlineData("trash = \"images_trash\"", 4, 9, "repository.trash", "an absolute path")]
    [InlineData("trash = \"@/images/trash\"", 4, 9, "repository.trash", "lies in")]
    [InlineData("trash = \"@/file\"", 4, 9, "repository.trash", "is not a directory")]
    [InlineData("trash = \"/dev/shm/trash\"", 4, 9, "repository.trash", "not on the file system")]
    [InlineData("repoinfo = \"@/nowhere/repoinfo.json\"", 4, 12, "repository.repoinfo", "is not a directory")]
    [InlineData("repoinfo = \"@/images\"", 4, 12, "repository.repoinfo", "is a directory")]
    [InlineData("opengnsys_config = \"@/nowhere.cfg\"", 4, 20, "repository.opengnsys_config", "does not exist")]
    [InlineData("[serfer]", 4, 2, "serfer", "did you mean \"server\"?")]
    [InlineData("[server]\nlisten = \"127.0.0.1\"", 5, 10, "server.listen", "\"127.0.0.1\" is not")]
    [InlineData("[server]\nlisten = \"127.0.0.1:70000\"", 5, 10, "server.listen", "70000")]
    [InlineData("[server]\nlisten = 8006", 5, 10, "server.listen", "8006 is not")]
    [InlineData("[server]\nadvertise = \"a b\"", 5, 13, "server.advertise", "\"a b\" is not")]
    [InlineData("[server]\napi_key = \"two words\"", 5, 11, "server.api_key", "expected")]
    [InlineData("[server]\napi_key_file = \"@/open.key\"", 5, 16, "server.api_key_file", "chmod 600")]
    [InlineData("[server]\napi_key_file = \"@/blank.key\"", 5, 16, "server.api_key_file", "does not begin with")]
    [InlineData("[server]\napi_key_file = \"@/images\"", 5, 16, "server.api_key_file", "is not a file")]
    [InlineData("[server]\napi_key_file = \"@/open.key\"\napi_key = \"0123456789abcdef0123\"", 6, 11, "server.api_key", "keep one of the two")]
    [InlineData("[server]\npublic_networks = [\"10.0.0.0/40\"]", 5, 20, "server.public_networks", "10.0.0.0/40")]
    [InlineData("[server]\npublic_networks = \"10.0.0.0/8\"", 5, 19, "server.public_networks", "a list of networks")]
    [InlineData("[tracker]\nenabled = \"yes\"", 5, 11, "tracker.enabled", "true or false")]
    [InlineData("[seeder]\nlisten = \"0.0.0.0:6969\"", 5, 10, "seeder.listen", "collides with tracker.listen")]
    [InlineData("[seeder]\nrate_limit = \"fast\"", 5, 14, "seeder.rate_limit", "\"fast\" is not")]
    [InlineData("[seeder]\nmax_connections = 0", 5, 19, "seeder.max_connections", "from 1 to 60000")]
    [InlineData("[[remote]]\nurl = \"http://192.168.60.10:8006\"", 4, 1, "remote[1].name", "missing")]
    [InlineData("[[remote]]\nname = \"campus2\"", 4, 1, "remote[1].url", "missing")]
    [InlineData("[remote]\nname = \"campus2\"", 4, 1, "remote", "[[remote]]")]
    [InlineData("[seeder]\nmax_connections = 1_0_", 5, 19, "", "")]
    [InlineData("[tracker", 4, 9, "", "")]
    [InlineData("settle = \"2s\"\nsettle = \"3s\"", 5, 1, "", "settle")]
    public async Task Fault_is_told_with_its_place(string lines, int line, int column, string key, string problem)
    {
        var file = _directory.Write("agent.toml", $"[repository]\nimages = \"@/images\"\nstate = \"@/state\"\n{lines}\n".Replace("@", _directory.Root));
        await AssertRefusedAsync(
            [$"{file}:{line}:{column}: {key}", problem.Replace("@", _directory.Root)], "serve", "--config", file);
    }

    [Theory]
    [InlineData("\"@/nowhere\"", "does not exist")]
    [InlineData("\"@/file\"", "is not a directory")]
    [InlineData("\"\"", "an absolute path")]
    [InlineData("[]", "an absolute path")]
    public async Task Wrong_image_directory_is_told_with_its_place(string value, string problem)
    {
        var file = _directory.Write("agent.toml", $"[repository]\nimages = {value}\nstate = \"@/state\"\n".Replace("@", _directory.Root));
        await AssertRefusedAsync([$"{file}:2:10: repository.images", problem], "serve", "--config", file);
    }

    [Fact]
    public async Task State_inside_the_image_directory_is_refused()
    {
        var file = _directory.Write("agent.toml", $"[repository]\nimages = \"{_directory.Root}\"\nstate = \"{_directory["state"]}\"\n");
        await AssertRefusedAsync([$"{file}:3:9: repository.state", "they must lie apart"], "serve", "--config", file);
    }

    [Fact]
    public async Task All_faults_are_told_at_once_in_the_order_of_the_file()
    {
        var file = _directory.Write("agent.toml", $"[repository]\nimages = \"{_directory["nowhere"]}\"\nsettle = 1\n[tracker]\nnet = 2\n");
        var told = await AssertRefusedAsync([], "serve", "--config", file);
        Assert.Equal(
            [$"{file}:2:10", $"{file}:3:10", $"{file}:5:1"],
            told.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..line.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task File_that_is_missing_or_no_text_is_refused()
    {
        await AssertRefusedAsync([_directory["none.toml"], "cannot be read"], "serve", "--config", _directory["none.toml"]);
        await AssertRefusedAsync([_directory["images"], "cannot be read"], "serve", "--config", _directory["images"]);
        var bytes = _directory.Write("bytes.toml", [0xff, 0xfe, 0, 1]);
        await AssertRefusedAsync([$"{bytes}:1:1"], "serve", "--config", bytes);
        var huge = _directory.Write("huge.toml", new byte[3_000_000]);
        await AssertRefusedAsync([huge, "longer than"], "serve", "--config", huge);
    }

    [Fact]
    public async Task Fault_of_the_command_line_is_told_with_its_option()
    {
        await AssertRefusedAsync(["--images: repository.images", "does not exist"], "serve", "--images", _directory["nowhere"], "--state", _directory["state"]);
        await AssertRefusedAsync(
            ["--listen: server.listen", "\"8006\" is not"], "serve", "--images", _directory["images"], "--state", _directory["state"], "--listen", "8006");
        await AssertRefusedAsync(["--state: repository.state", "is not a directory"], "serve", "--images", _directory["images"], "--state", _directory["file"]);
    }

    [Theory]
    [InlineData("server")]
    [InlineData("tracker")]
    [InlineData("seeder")]
    public async Task Busy_port_is_told_by_its_key_and_address(string part)
    {
        using var busy = new TcpListener(IPAddress.Loopback, 0);
        busy.Start();
        var address = busy.LocalEndpoint.ToString()!;
        var free = "127.0.0.1:0";
        var settings = new AgentSettings
        {
            Listen = part == "server" ? address : free,
            Tracker = part == "tracker" ? address : free,
            Seeder = part == "seeder" ? address : free,
        };
        var file = _directory.Write("agent.toml", settings.ToToml(_directory["images"], _directory["state"]));

        var told = await AssertRefusedAsync([address, "in use"], "serve", "--config", file);
        Assert.Single(told.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    public void Dispose() => _directory.Dispose();

    private static async Task<ProgramResult> AssertRefusedAsync(string[] words, params string[] arguments)
    {
        var told = await AgentCommand.RunAsync(arguments);
        Assert.True(told.ExitCode == Misconfigured, $"{told.ExitCode}: {told.Errors}{told.Output}");
        Assert.All(words, word => Assert.Contains(word, told.Errors));
        Assert.DoesNotContain("   at ", told.Errors);
        if (arguments is [_, "--config", var file] && !told.Errors.StartsWith("ogrepo-agent cannot start", StringComparison.Ordinal))
            await AssertAgreesAsync(file, told);
        return told;
    }

    /// <summary>What serve refuses, <c>config check</c> refuses in the same words.</summary>
    private static async Task AssertAgreesAsync(string file, ProgramResult told)
    {
        var check = await AgentCommand.RunAsync("config", "check", "--config", file);
        Assert.Equal((told.ExitCode, "", told.Errors), (check.ExitCode, check.Output, check.Errors));
    }
}
