using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;
using Agent.Common;
using Agent.Configuration;

namespace Agent.Cli.ReplicationCommands;

/// <summary>What import and export have in common.</summary>
internal sealed class ReplicationArguments
{
    /// <summary>The other repository.</summary>
    public Argument<string> Repo { get; } = new("REPO") { Description = "The other repository: a name that \"remotes\" lists, a host, HOST:PORT or a URL." };

    /// <summary>The organisational unit.</summary>
    public Option<string?> Ou { get; } = new("--ou") { Description = "Organisational unit that it comes into; \"\" for none. Default: the one that it has.", HelpName = "OU" };

    /// <summary>Whether an image of that name stays.</summary>
    public Option<bool> Refuse { get; } = new("--refuse-existing") { Description = "Fail if there is an image of that name, instead of keeping it as .ant." };

    /// <summary>The user there.</summary>
    public Option<string?> User { get; } = new("--user") { Description = "User there, of a repository without an agent that the configuration does not name: it is reached by ssh.", HelpName = "USER" };

    /// <summary>The key of the other repository.</summary>
    public Option<string?> RemoteKey { get; } = new("--remote-key-file") { Description = "File with the key of the other agent's API. Default: the one that the agent knows.", HelpName = "FILE" };

    /// <summary>Gives a command all of them.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(Ou);
        command.Options.Add(Refuse);
        command.Options.Add(User);
        command.Options.Add(RemoteKey);
    }

    /// <summary>What becomes of an image of that name.</summary>
    public string? Existing(ParseResult parsed) => parsed.GetValue(Refuse) ? "refuse" : null;

    /// <summary>The key of the other repository; null where none is given.</summary>
    /// <exception cref="CommandException">The file cannot be used.</exception>
    public string? Key(ParseResult parsed)
    {
        if (parsed.GetValue(RemoteKey) is not { } file)
            return null;
        var (key, problem) = KeyFile.Read(file);
        return key?.Value ?? throw new CommandException($"--remote-key-file: {problem}.", ExitCode.Usage);
    }

    /// <summary>Prints what came of an import.</summary>
    public static void Print(ImportResponse import)
    {
        Output.Line($"\"{import.Image}\" is there: {Sizes.Rounded(import.Size)}, of which {Sizes.Rounded(import.Fetched)} came over the network and {Sizes.Rounded(import.Saved)} were saved.");
        var facts = new OutputFacts();
        facts.Add("Zeros", import.Zeros > 0 ? Sizes.Rounded(import.Zeros) : null);
        facts.Add("From here", import.Local > 0 ? Sizes.Rounded(import.Local) : null);
        facts.Add("From earlier", import.Resumed > 0 ? Sizes.Rounded(import.Resumed) : null);
        facts.Add("Packed", import.Packed > 0 ? Sizes.Rounded(import.Packed) : null);
        foreach (var source in import.Sources)
            facts.Add("From", $"{source.Name}, {Sizes.Rounded(source.Bytes)}");
        facts.Print();
    }
}
