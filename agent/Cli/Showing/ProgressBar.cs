using Spectre.Console;
using Spectre.Console.Rendering;

namespace Agent.Cli.Showing;

/// <summary>Progress on a terminal: one line with a bar, which is gone when the work has ended.</summary>
internal sealed class ProgressBar : IProgress<ProgressStep>
{
    /// <summary>A terminal less wide has no room for it.</summary>
    public const int LeastWidth = 40;

    private const int WidthOfBar = 16;

    private readonly ProgressTask _task;
    private readonly WordsColumn _words;

    private ProgressBar(ProgressTask task, WordsColumn words) => (_task, _words) = (task, words);

    /// <summary>Shows the bar while the work is done.</summary>
    public static Task<T> ShowAsync<T>(IAnsiConsole console, Func<IProgress<ProgressStep>, Task<T>> work)
    {
        var words = new WordsColumn();
        return console.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn { Width = WidthOfBar }, new PercentageColumn(), words)
            .StartAsync(context => work(new ProgressBar(context.AddTask("…"), words)));
    }

    public void Report(ProgressStep value)
    {
        _task.IsIndeterminate = value.Percent is null;
        // Never quite the end: a task that is at its end counts as finished and is drawn no more.
        _task.Value = Math.Min(value.Percent ?? 0, 99.9);
        // What changes most first: it is the end that a narrow terminal does not show.
        _words.Text = Output.Visible(string.Join(", ", new[] { value.Numbers, $"{value.Title}: {value.State}" }.Where(part => part.Length > 0)));
    }

    /// <summary>The words beside the bar, in what is left of the line.</summary>
    private sealed class WordsColumn : ProgressColumn
    {
        /// <summary>The bar, four characters of per cent, and the gaps.</summary>
        private const int Beside = WidthOfBar + 8;

        public string Text { get; set; } = "";

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            var room = Math.Max(1, options.ConsoleSize.Width - Beside);
            return new Text(Cells.Cut(Text, room)) { Overflow = Overflow.Ellipsis };
        }
    }
}
