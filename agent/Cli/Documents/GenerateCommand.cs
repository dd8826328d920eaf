using System.CommandLine;

namespace Agent.Cli.Documents;

/// <summary><c>ogrepo-agent generate</c>, for those who build the package: prints what can be told from the table of commands. Not in the help.</summary>
internal static class GenerateCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="root">The table, as it is when the command runs.</param>
    public static Command Create(RootCommand root)
    {
        var what = new Argument<string>("what") { Description = "man, bash or zsh." };
        what.AcceptOnlyFromAmong("man", "bash", "zsh");
        var command = new Command("generate", "Prints the manual page, or the completion for a shell.") { what };
        command.Hidden = true;
        command.SetAction(parsed => Console.Write(parsed.GetRequiredValue(what) switch
        {
            "man" => ManualPage.Of(root),
            "bash" => BashCompletion.Of(root),
            _ => ZshCompletion.Of(root),
        }));
        return command;
    }
}
