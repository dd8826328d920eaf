using System.CommandLine;
using Agent.Cli.Showing;

namespace Agent.Cli.Asking;

/// <summary>Asks before something is done that cannot be undone.</summary>
internal static class Confirmation
{
    /// <summary>The option that answers in advance.</summary>
    public static Option<bool> CreateOption() => new("--yes", "-y") { Description = "Do not ask whether it is meant so." };

    /// <summary>Comes back if the answer is yes.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="yes">It was answered in advance.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="CommandException">The answer is no, or nobody is there to give one.</exception>
    public static async Task AskAsync(string question, bool yes, CancellationToken cancellation)
    {
        if (yes)
            return;
        if (Console.IsInputRedirected)
            throw new CommandException($"{question} Nobody can be asked here: say --yes.", ExitCode.Usage);
        await Console.Error.WriteAsync($"{Output.Visible(question)} [y/N] ");
        // Not on this thread: a read from a terminal does not end when it is cancelled.
        var answer = await Task.Run(Console.ReadLine, CancellationToken.None).WaitAsync(cancellation);
        if (answer?.Trim().ToLowerInvariant() is not ("y" or "yes"))
            throw new CommandException("Nothing was deleted.", ExitCode.No);
    }
}
