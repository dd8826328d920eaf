using System.CommandLine;

namespace Agent.Cli;

/// <summary>A command whose help ends with an example.</summary>
/// <param name="name">Its name.</param>
/// <param name="description">What it does, in a sentence or two.</param>
/// <param name="examples">Command lines as one would type them, without the program's name.</param>
internal sealed class ExplainedCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;
}
