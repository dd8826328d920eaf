using System.CommandLine;
using System.Text;

namespace Agent.Cli.Documents;

/// <summary>Completion for bash: commands, options, values that are known, and names of files and directories where those are meant.</summary>
internal static class BashCompletion
{
    private const string Head =
        """
        # Completion of ogrepo-agent for bash; made by the program from its own commands.
        _ogrepo_agent()
        {
            local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} path= word i
            COMPREPLY=()
            for ((i = 1; i < COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                case "$path/$word" in
        """;

    private const string Values =
        """
                esac
            done
            case "$path $previous" in
        """;

    private const string Words =
        """
            esac
            local words=
            case "$path" in
        """;

    private const string Tail =
        """
            esac
            if [[ $current != -* ]]; then
                words=${words%%--*}
            fi
            mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
            if [[ ${#COMPREPLY[@]} -eq 0 && $current != -* ]]; then
                compopt -o default 2>/dev/null
            fi
        }
        complete -F _ogrepo_agent ogrepo-agent
        """;

    /// <summary>Writes the script.</summary>
    public static string Of(RootCommand root)
    {
        var script = new StringBuilder().Append(Head).Append('\n');
        var places = Places(new CommandNode(root, []), []).ToList();
        foreach (var (node, _) in places.Skip(1))
            script.Append($"            {PathOf(node)}) path=$path/$word ;;\n");
        script.Append(Values).Append('\n');
        foreach (var (node, above) in places)
            AppendValues(script, node, above);
        script.Append(Words).Append('\n');
        foreach (var (node, above) in places)
            script.Append($"        '{PathOf(node)}') words='{string.Join(' ', WordsOf(node, above))}' ;;\n");
        return script.Append(Tail).Append('\n').ToString();
    }

    private static IEnumerable<(CommandNode Node, IReadOnlyList<CommandNode> Above)> Places(CommandNode node, IReadOnlyList<CommandNode> above) =>
        node.Below.SelectMany(below => Places(below, [.. above, node])).Prepend((node, above));

    private static void AppendValues(StringBuilder script, CommandNode node, IReadOnlyList<CommandNode> above)
    {
        foreach (var option in node.Options(above).Where(option => CommandNode.ValueOf(option) is not null))
        {
            var patterns = string.Join('|', CommandNode.Names(option).Select(name => $"'{PathOf(node)} {name}'"));
            script.Append($"        {patterns}) {ActionOf(option)}; return ;;\n");
        }
    }

    /// <summary>What completes a value; nothing does where only the administrator knows it.</summary>
    private static string ActionOf(Option option)
    {
        var choices = CommandNode.ChoicesOf(option).ToList();
        if (choices.Count > 0)
            return $"mapfile -t COMPREPLY < <(compgen -W '{string.Join(' ', choices)}' -- \"$current\")";
        return CommandNode.ValueOf(option) switch
        {
            "FILE" => "compopt -o default 2>/dev/null",
            "DIR" => "compopt -o dirnames 2>/dev/null",
            _ => ":",
        };
    }

    /// <summary>Commands first: the script takes the words before the first option where no option is begun.</summary>
    private static IEnumerable<string> WordsOf(CommandNode node, IReadOnlyList<CommandNode> above) =>
        node.Below.Select(below => below.Command.Name)
            .Concat(node.Options(above).SelectMany(CommandNode.Names).Append("--help").Distinct().Where(name => name.StartsWith("--", StringComparison.Ordinal)));

    private static string PathOf(CommandNode node) => string.Concat(node.Path.Select(word => $"/{word}"));
}
