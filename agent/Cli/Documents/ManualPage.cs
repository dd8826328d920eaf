using System.CommandLine;
using System.Text;
using Agent.Api;

namespace Agent.Cli.Documents;

/// <summary>The manual page ogrepo-agent(1) in roff, as man(7) describes it.</summary>
internal sealed class ManualPage
{
    private readonly StringBuilder _page = new();

    private ManualPage()
    {
    }

    /// <summary>Writes the page.</summary>
    public static string Of(RootCommand root)
    {
        var page = new ManualPage();
        page.Write(new CommandNode(root, []));
        return page._page.ToString();
    }

    private void Write(CommandNode root)
    {
        var description = (root.Command.Description ?? "").ReplaceLineEndings("\n").Split("\n\n");
        Request($".TH OGREPO\\-AGENT 1 \"\" \"{CommandNode.Program} {AgentIdentity.BuildVersion}\" \"User Commands\"");
        Section("NAME");
        Text($"{CommandNode.Program} \\- {Escape(Lowered(description[0].TrimEnd('.')))}", isEscaped: true);
        Section("SYNOPSIS");
        Text($"\\fB{Escape(CommandNode.Program)}\\fR \\fICOMMAND\\fR [\\fIARGUMENTS\\fR] [\\fIOPTIONS\\fR]", isEscaped: true);
        Section("DESCRIPTION");
        foreach (var paragraph in description)
            Paragraph(paragraph);
        foreach (var group in root.Below)
            WriteGroup(group);
        Section("FILES");
        Item("\\fI/etc/ogrepo\\-agent/agent.toml\\fR", "The configuration of the agent. Each key is explained in it.");
        Item("\\fI/var/lib/ogrepo\\-agent\\fR", "What the agent must not forget: digests, jobs, its API key in api.key.");
        Section("SEE ALSO");
        Text("systemctl(1), journalctl(1), udp-sender(1), uftp(1), ssh(1)");
    }

    /// <summary>A command and those below it; options that they share are told once, at its end.</summary>
    private void WriteGroup(CommandNode group)
    {
        Section(string.Join(' ', group.Path).ToUpperInvariant());
        foreach (var node in group.All)
            WriteCommand(node);
        if (!group.CommonOptions.Any())
            return;
        Request($".SS \"Options of {(group.Below.Any() ? "all these commands" : "every command that asks an agent")}\"");
        foreach (var option in group.CommonOptions)
            WriteOption(option);
    }

    private void WriteCommand(CommandNode node)
    {
        Request($".SS \"{Escape(string.Join(' ', [node.Line, .. node.Arguments]))}\"");
        Paragraph(node.Command.Description ?? "");
        foreach (var argument in node.Command.Arguments.Where(argument => !argument.Hidden && argument.Description is not null))
            Item($"\\fI{Escape(argument.HelpName ?? argument.Name.ToUpperInvariant())}\\fR", argument.Description!);
        foreach (var option in node.OwnOptions)
            WriteOption(option);
        if (node.Command is not ExplainedCommand { Examples: { Count: > 0 } examples })
            return;
        Request(".PP");
        Text(examples.Count == 1 ? "Example:" : "Examples:");
        Request(".PP");
        Request(".nf");
        foreach (var example in examples)
            Text($"    {CommandNode.Program} {example}");
        Request(".fi");
    }

    private void WriteOption(Option option)
    {
        var value = CommandNode.ValueOf(option) is { } name ? $" \\fI{Escape(name)}\\fR" : "";
        Item(string.Join(", ", CommandNode.Names(option).Select(alias => $"\\fB{Escape(alias)}\\fR{value}")), option.Description ?? "");
    }

    private void Section(string title) => Request($".SH \"{Escape(title)}\"");

    private void Item(string term, string explanation)
    {
        Request(".TP");
        Request(term);
        Text(explanation);
    }

    private void Paragraph(string text)
    {
        Request(".PP");
        Text(text);
    }

    private void Text(string text, bool isEscaped = false)
    {
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
            Request(Guarded(isEscaped ? line : Escape(line)));
    }

    private void Request(string line) => _page.Append(line).Append('\n');

    /// <summary>A dot or an apostrophe at the beginning of a line would be a request.</summary>
    private static string Guarded(string line) => line.StartsWith('.') || line.StartsWith('\'') ? $"\\&{line}" : line;

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            escaped.Append(Escape(rune));
        return escaped.ToString();
    }

    private static string Escape(Rune rune) => rune.Value switch
    {
        '\\' => "\\e",
        '-' => "\\-",
        '"' => "\\(dq",
        '\'' => "\\(aq",
        > 127 => $"\\[u{rune.Value:X4}]",
        _ => rune.ToString(),
    };

    private static string Lowered(string text) => text.Length == 0 ? text : char.ToLowerInvariant(text[0]) + text[1..];
}
