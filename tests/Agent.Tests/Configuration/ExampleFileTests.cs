using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Agent.Configuration;
using Agent.Configuration.Toml;

namespace Agent.Tests.Configuration;

/// <summary>Holds <c>agent.toml.example</c> to the code: <c>#key</c> shows a default, <c># key</c> an example without one.</summary>
public sealed partial class ExampleFileTests
{
    private static readonly string Example = File.ReadAllText(Path.Combine(RepositoryRoot(), "agent.toml.example"));

    [Fact]
    public void As_it_is_it_gives_the_defaults() => AssertDefaults(Bind(Example));

    [Fact]
    public void With_every_default_uncommented_it_still_gives_the_defaults() =>
        AssertDefaults(Bind(Default().Replace(Example, "$1")));

    [Fact]
    public void Every_example_is_accepted()
    {
        var server = ExampleLine().Matches(Example).Select(match => match.Groups[1].Value).TakeWhile(line => !line.StartsWith("[[", StringComparison.Ordinal));
        Assert.All(server, line => Bind(Example.Replace("# " + line, line)));

        var remote = Bind(Example[..Example.IndexOf("# [[remote]]", StringComparison.Ordinal)] + Uncommented(Example[Example.IndexOf("# [[remote]]", StringComparison.Ordinal)..])).Remotes;
        Assert.Equal("campus2", Assert.Single(remote).Name);
        Assert.Equal("80MiB/s", remote[0].RateLimit.ToString());
    }

    [Fact]
    public void It_has_every_key_that_the_code_knows_and_no_other()
    {
        var written = TomlReader.Read(Encoding.UTF8.GetBytes(Default().Replace(Uncommented(Example), "$1")));
        var binder = new OptionSection("", TomlReader.Read("[[remote]]\n[[scrape]]\n[[place]]"u8), new ConfigurationErrors("test"));
        AgentOptions.Bind(binder);

        var known = binder.KnownKeys.Select(key => key.Replace("[1]", "")).Order().ToList();

        Assert.Equal(known, Keys(written).Order());
        Assert.Contains("server.public_networks", known);
    }

    /// <summary>Compares by text, in which a path that was derived and the same path written out are equal.</summary>
    private static void AssertDefaults(AgentOptions options)
    {
        var defaults = new AgentOptions { Repository = new RepositoryOptions { Images = "/opt/opengnsys/images" } };
        Assert.Empty(options.Remotes);
        Assert.Empty(options.Scrapes);
        Assert.Empty(options.Places);
        Assert.Equal(defaults.ToString(), (options with { Remotes = defaults.Remotes, Scrapes = defaults.Scrapes, Places = defaults.Places }).ToString());
    }

    private static AgentOptions Bind(string document)
    {
        var errors = new ConfigurationErrors("agent.toml.example");
        var root = new OptionSection("", TomlReader.Read(Encoding.UTF8.GetBytes(document)), errors);
        var options = AgentOptions.Bind(root);
        root.RefuseUnknown();
        errors.ThrowIfAny();
        return options;
    }

    private static string Uncommented(string document) => ExampleLine().Replace(document, "$1");

    private static IEnumerable<string> Keys(TomlTable table) => table.Entries.SelectMany(entry => entry.Value.Value switch
    {
        TomlTable below => Keys(below).Select(key => $"{entry.Key}.{key}").Prepend(entry.Key),
        TomlArray { Items: [TomlTable element, ..] } => Keys(element).Select(key => $"{entry.Key}.{key}").Prepend(entry.Key),
        _ => [entry.Key],
    });

    private static string RepositoryRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(here, "../../../.."));

    [GeneratedRegex(@"^#([a-z_0-9]+ = .*)$", RegexOptions.Multiline)]
    private static partial Regex Default();

    [GeneratedRegex(@"^# ([a-z_0-9]+ = .*|\[\[[a-z]+\]\])$", RegexOptions.Multiline)]
    private static partial Regex ExampleLine();
}
