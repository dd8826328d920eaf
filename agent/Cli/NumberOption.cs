using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Agent.Cli;

/// <summary>Options that take a whole number.</summary>
internal static class NumberOption
{
    /// <summary>An option that refuses what is no number from one bound to the other, bounds included; null where it is not given.</summary>
    public static Option<int?> Create(string name, string description, string helpName, int smallest, int largest) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = given => Parse(given, name, smallest, largest),
    };

    private static int? Parse(ArgumentResult given, string name, int smallest, int largest)
    {
        var text = given.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= smallest && number <= largest)
            return number;
        given.AddError($"{name} is \"{text}\", but must be a whole number from {smallest} to {largest}.");
        return null;
    }
}
