using System.Text.Json;
using Agent.Configuration.Toml;

namespace Agent.Tests.Configuration.Toml;

public sealed class TomlSuiteTests
{
    [TomlSuiteFact]
    public void Every_valid_document_has_the_values_that_its_tagged_json_says()
    {
        var cases = TomlSuite.Cases("valid");

        Assert.NotEmpty(cases);
        Assert.All(cases, name => Assert.Null(Difference(name)));
    }

    [TomlSuiteFact]
    public void Every_invalid_document_is_refused()
    {
        var cases = TomlSuite.Cases("invalid");

        Assert.NotEmpty(cases);
        Assert.All(cases, name => Assert.False(IsAccepted(name), name));
    }

    private static string? Difference(string name)
    {
        try
        {
            using var expected = JsonDocument.Parse(File.ReadAllText(name + ".json"));
            var difference = TaggedJson.Difference(expected.RootElement, TomlReader.Read(File.ReadAllBytes(name + ".toml")), "");
            return difference is null ? null : $"{name}: {difference}";
        }
        catch (TomlException e)
        {
            return $"{name}: {e.Message}";
        }
    }

    private static bool IsAccepted(string name)
    {
        try
        {
            TomlReader.Read(File.ReadAllBytes(name + ".toml"));
            return true;
        }
        catch (TomlException)
        {
            return false;
        }
    }
}
