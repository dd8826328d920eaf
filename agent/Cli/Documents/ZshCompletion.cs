using System.CommandLine;
using System.Text;

namespace Agent.Cli.Documents;

/// <summary>Completion for zsh: as for bash, with the sentence that explains each command and option.</summary>
internal static class ZshCompletion
{
    /// <summary>Writes the script.</summary>
    public static string Of(RootCommand root)
    {
        var script = new StringBuilder("#compdef ogrepo-agent\n# Completion of ogrepo-agent for zsh; made by the program from its own commands.\n");
        Append(script, new CommandNode(root, []), []);
        return script.Append('\n').Append(Function(new CommandNode(root, []))).Append(" \"$@\"\n").ToString();
    }

    private static void Append(StringBuilder script, CommandNode node, IReadOnlyList<CommandNode> above)
    {
        var below = node.Below.ToList();
        script.Append($"\n{Function(node)}() {{\n  local line state\n  _arguments -C \\\n");
        foreach (var option in node.Options(above))
            script.Append($"    {SpecificationOf(option)} \\\n");
        script.Append(below.Count > 0 ? "    '1: :->command' '*:: :->rest'\n" : "    '*: :_files'\n");
        if (below.Count > 0)
            AppendBelow(script, below);
        script.Append("}\n");
        foreach (var next in below)
            Append(script, next, [.. above, node]);
    }

    private static void AppendBelow(StringBuilder script, List<CommandNode> below)
    {
        script.Append("  case $state in\n    command)\n      local -a commands=(\n");
        foreach (var command in below)
            script.Append($"        {Quote($"{command.Command.Name}:{command.Command.Description}")}\n");
        script.Append("      )\n      _describe command commands ;;\n    rest)\n      case $line[1] in\n");
        foreach (var command in below)
            script.Append($"        {command.Command.Name}) {Function(command)} ;;\n");
        script.Append("      esac ;;\n  esac\n");
    }

    private static string SpecificationOf(Option option)
    {
        var names = CommandNode.Names(option).ToList();
        var explained = Quote($"[{Bracketed(option.Description ?? "")}]{ValueOf(option)}");
        return names.Count == 1 ? $"{names[0]}{explained}" : $"'({string.Join(' ', names)})'{{{string.Join(',', names)}}}{explained}";
    }

    private static string ValueOf(Option option)
    {
        if (CommandNode.ValueOf(option) is not { } name)
            return "";
        var choices = CommandNode.ChoicesOf(option).ToList();
        var action = choices.Count > 0 ? $"({string.Join(' ', choices)})" : name switch { "FILE" => "_files", "DIR" => "_files -/", _ => " " };
        return $":{name.Replace(":", "\\:")}:{action}";
    }

    private static string Function(CommandNode node) => string.Concat(node.Path.Select(word => $"_{word}").Prepend("_ogrepo_agent"));

    private static string Bracketed(string text) => text.Replace("[", "\\[").Replace("]", "\\]").Replace(":", "\\:");

    private static string Quote(string text) => $"'{text.ReplaceLineEndings(" ").Replace("'", "'\\''")}'";
}
