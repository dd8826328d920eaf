using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;

namespace Agent.Cli.Documents;

/// <summary>A command with all that documents tell of it, read off the table that parses command lines.</summary>
/// <param name="Command">The command.</param>
/// <param name="Path">The words that lead to it, without the program's name.</param>
internal sealed record CommandNode(Command Command, IReadOnlyList<string> Path)
{
    /// <summary>What the documents call the program.</summary>
    public const string Program = "ogrepo-agent";

    /// <summary>The whole line, up to arguments and options.</summary>
    public string Line => string.Join(' ', [Program, .. Path]);

    /// <summary>Commands directly below it.</summary>
    public IEnumerable<CommandNode> Below =>
        Command.Subcommands.Where(command => !command.Hidden).Select(command => new CommandNode(command, [.. Path, command.Name]));

    /// <summary>It and all commands below it, in the order of the help.</summary>
    public IEnumerable<CommandNode> All => Below.SelectMany(below => below.All).Prepend(this);

    /// <summary>Its own options, without those that every command below it has too.</summary>
    public IEnumerable<Option> OwnOptions => Command.Options.Where(option => option is { Hidden: false, Recursive: false } and not HelpOption);

    /// <summary>Options of it and of every command below it.</summary>
    public IEnumerable<Option> CommonOptions => Command.Options.Where(option => option is { Hidden: false, Recursive: true } and not HelpOption);

    /// <summary>All options that may stand behind it.</summary>
    public IEnumerable<Option> Options(IEnumerable<CommandNode> above) =>
        Command.Options.Where(option => !option.Hidden).Concat(above.SelectMany(node => node.Command.Options.Where(option => option.Recursive && !option.Hidden))).Distinct();

    /// <summary>The arguments as the usage line has them.</summary>
    public IEnumerable<string> Arguments => Command.Arguments.Where(argument => !argument.Hidden).Select(Shown);

    /// <summary>All names of an option, the long one first.</summary>
    public static IEnumerable<string> Names(Option option) =>
        option.Aliases.Prepend(option.Name).Distinct().Where(name => name != "-?" && !name.StartsWith('/')).OrderByDescending(name => name.StartsWith("--", StringComparison.Ordinal));

    /// <summary>What an option's value is called; null where it takes none.</summary>
    public static string? ValueOf(Option option) => option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool) ? null : option.HelpName ?? "VALUE";

    /// <summary>The values that an option takes, where there are only some.</summary>
    public static IEnumerable<string> ChoicesOf(Option option) =>
        ValueOf(option) is null ? [] : option.GetCompletions(CompletionContext.Empty).Select(item => item.InsertText ?? item.Label);

    private static string Shown(Argument argument)
    {
        var name = argument.HelpName ?? argument.Name.ToUpperInvariant();
        var more = argument.Arity.MaximumNumberOfValues > 1 ? "..." : "";
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}{more}]" : name + more;
    }
}
