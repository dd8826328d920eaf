using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Agent.Cli;

/// <summary>The usual help, and below it the examples of the command.</summary>
internal sealed class HelpWithExamples(SynchronousCommandLineAction usual) : SynchronousCommandLineAction
{
    /// <summary>Whoever asks for help need not have got the rest of the line right.</summary>
    public override bool ClearsParseErrors => true;

    public static void AddTo(RootCommand root)
    {
        foreach (var help in root.Options.OfType<HelpOption>())
            help.Action = new HelpWithExamples((SynchronousCommandLineAction)help.Action!);
    }

    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is ExplainedCommand { Examples: { Count: > 0 } examples })
        {
            Console.WriteLine(examples.Count == 1 ? "Example:" : "Examples:");
            foreach (var example in examples)
                Console.WriteLine($"  ogrepo-agent {example}");
            Console.WriteLine();
        }
        return exitCode;
    }
}
