using System.Text;
using Agent.Configuration;
using Agent.Hosting.Reloading;

namespace Agent.Tests.Hosting;

public sealed class ConfigurationChangesTests
{
    private const string Start = """
        [repository]
        images = "/images"
        [server]
        api_key = "one"
        [trash]
        keep = "30d"
        """;

    [Fact]
    public void A_default_that_is_written_out_is_no_change()
    {
        var changes = Between(Start, $"{Start}\n[seeder]\nenabled = true\nnetworks = [\"0.0.0.0/0\", \"::/0\"]\nlisten = \"0.0.0.0:6881\"\nrate_limit = \"unlimited\"\n");

        Assert.Empty(changes.Taken);
        Assert.Empty(changes.Waiting);
    }

    [Theory]
    [InlineData("""keep = "720h" """)]
    [InlineData("""keep = "30d" # a comment""")]
    public void The_same_value_in_other_words_is_no_change(string line) => Assert.Empty(Between(Start, Start.Replace("""keep = "30d" """.Trim(), line)).Taken);

    [Fact]
    public void What_can_change_is_taken_and_the_rest_waits()
    {
        var changes = Between(Start, Start.Replace("30d", "7d").Replace("one", "two") + """

            delete_marks = "/marks"
            [seeder]
            rate_limit = "10MiB/s"
            max_connections = 10
            [[remote]]
            name = "campus2"
            url = "http://192.168.60.10:8006"
            """);

        Assert.Equal(["remote[1].name", "remote[1].url", "seeder.rate_limit", "server.api_key", "trash.keep"], changes.Taken);
        Assert.Equal(["seeder.max_connections", "trash.delete_marks"], changes.Waiting);
    }

    [Fact]
    public void What_waits_for_a_restart_is_named_until_it_happens()
    {
        var start = Values(Start);
        var second = Values(Start.Replace("/images", "/other"));

        var again = ConfigurationChanges.Of(start, second, second);

        Assert.Empty(again.Taken);
        Assert.Contains("repository.images", again.Waiting);
    }

    [Fact]
    public void The_command_line_goes_before_the_file_in_a_reload_too()
    {
        var start = Parse(Start).With(listen: "127.0.0.1:9000").Values;
        var now = Parse($"{Start}\n[cvmfs]\n".Replace("[server]", "[server]\nlisten = \"127.0.0.1:9001\"")).With(listen: "127.0.0.1:9000").Values;

        Assert.Empty(ConfigurationChanges.Of(start, start, now).Waiting);
    }

    private static ConfigurationChanges Between(string start, string now) => ConfigurationChanges.Of(Values(start), Values(start), Values(now));

    private static IReadOnlyDictionary<string, object?> Values(string toml) => Parse(toml).Values;

    private static AgentConfiguration Parse(string toml) => AgentConfiguration.Parse(Encoding.UTF8.GetBytes(toml), "test");
}
