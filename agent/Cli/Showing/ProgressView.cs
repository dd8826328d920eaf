using Spectre.Console;

namespace Agent.Cli.Showing;

/// <summary>Shows progress on standard error, in the form that suits it.</summary>
internal static class ProgressView
{
    /// <summary>Runs a piece of work that tells how far it is.</summary>
    /// <param name="isSilent">Nothing is shown.</param>
    /// <param name="work">The work.</param>
    public static Task<T> ShowAsync<T>(bool isSilent, Func<IProgress<ProgressStep>, Task<T>> work)
    {
        if (isSilent)
            return work(new Nothing());
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Profile is { Width: >= ProgressBar.LeastWidth, Capabilities: { Ansi: true, Interactive: true } }
            ? ProgressBar.ShowAsync(console, work)
            : work(new ProgressLines(Console.Error));
    }

    private sealed class Nothing : IProgress<ProgressStep>
    {
        public void Report(ProgressStep value)
        {
        }
    }
}
