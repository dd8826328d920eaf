using System.Text;
using Spectre.Console;

namespace Agent.Cli;

/// <summary>Tables for people on standard output.</summary>
internal static class Output
{
    private const int WidthOfPipes = 200;

    /// <summary>Colours and the terminal's width on a terminal; plain and wide into a pipe.</summary>
    public static IAnsiConsole Console { get; } = Create();

    /// <summary>A name with its control characters made visible: a file name must not steer a terminal.</summary>
    public static string Visible(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var character in name)
            text.Append(char.IsControl(character) ? $"\\x{(int)character:x2}" : character);
        return text.ToString();
    }

    private static IAnsiConsole Create()
    {
        var console = AnsiConsole.Console;
        if (System.Console.IsOutputRedirected)
            console.Profile.Width = WidthOfPipes;
        return console;
    }
}
