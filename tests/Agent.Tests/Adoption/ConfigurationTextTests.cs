using System.Runtime.CompilerServices;
using System.Text;
using Agent.Adoption;
using Agent.Configuration;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Adoption;

public sealed class ConfigurationTextTests
{
    private static readonly string Example = File.ReadAllText(Path.Combine(RepositoryRoot(), "agent.toml.example"));

    [Fact]
    public void A_key_that_is_explained_is_set_where_it_is_explained()
    {
        var text = Edited(Example, "indexing", "trust_existing", "true", out var changed, out _);

        Assert.Equal(["indexing.trust_existing"], changed);
        Assert.Equal(Example.Replace("#trust_existing = false", "trust_existing = true"), text);
        Assert.Equal(true, Values(text)["indexing.trust_existing"]);
    }

    [Fact]
    public void A_key_of_the_same_name_in_another_table_stays()
    {
        var text = Edited(Example, "repository", "repoinfo", "\"/a/repoinfo.json\"", out _, out _);

        Assert.Equal("/a/repoinfo.json", Values(text)["repository.repoinfo"]);
        Assert.Equal(Values(Example)["ssh.repoinfo"], Values(text)["ssh.repoinfo"]);
    }

    [Theory]
    [InlineData("[trash]\nkeep = \"7d\"\n")]
    [InlineData("[trash]\nkeep = \"7d\" # a week\n")]
    public void What_is_set_to_something_else_stays_and_is_told(string before)
    {
        var text = Edited(before, "trash", "keep", "\"30d\"", out var changed, out var kept);

        Assert.Equal(before, text);
        Assert.Empty(changed);
        Assert.Equal(["trash.keep"], kept);
    }

    [Theory]
    [InlineData("[trash]\nkeep = \"7d\" # a week\n")]
    [InlineData("[trash]\n  keep=\"7d\"\n")]
    public void What_is_set_to_the_same_is_no_change(string before)
    {
        var text = Edited(before, "trash", "keep", "\"7d\"", out var changed, out var kept);

        Assert.Equal(before, text);
        Assert.Empty(changed);
        Assert.Empty(kept);
    }

    [Fact]
    public void Any_keys_set_in_any_order_hold_afterwards_and_setting_them_again_changes_nothing()
    {
        var wanted = new (string Section, string Key, string Value, object Expected)[]
        {
            ("repository", "state", "\"/s\"", "/s"), ("indexing", "trust_existing", "true", true), ("trash", "delete_marks", "\"/m\"", "/m"),
            ("torrent", "web_seed", "true", true), ("seeder", "max_connections", "7", 7),
        };
        var starts = Gen.Elements("", "\n", "[repository]\nimages = \"/i\"", "[seeder]\n\n[repository]\n", Example, "# a comment\n[trash]\nkeep = \"1d\"\n# [[remote]]\n# name = \"x\"\n");

        Prop.ForAll(Arb.From(starts), Arb.From(Gen.Shuffle(wanted)), (start, keys) =>
        {
            var first = new ConfigurationText(start);
            foreach (var key in keys)
                first.Set(key.Section, key.Key, key.Value);
            var values = Values(first.Text);
            var again = new ConfigurationText(first.Text);
            foreach (var key in keys)
                again.Set(key.Section, key.Key, key.Value);
            return keys.All(key => Equals(values[$"{key.Section}.{key.Key}"], key.Expected)) && again.Changed.Count == 0 && again.Kept.Count == 0 && again.Text == first.Text;
        }).QuickCheckThrowOnFailure();
    }

    private static string Edited(string before, string section, string key, string value, out List<string> changed, out List<string> kept)
    {
        var text = new ConfigurationText(before);
        text.Set(section, key, value);
        (changed, kept) = (text.Changed, text.Kept);
        return text.Text;
    }

    private static IReadOnlyDictionary<string, object?> Values(string text) => AgentConfiguration.Parse(Encoding.UTF8.GetBytes(text), "test").Values;

    private static string RepositoryRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(here, "../../../.."));
}
