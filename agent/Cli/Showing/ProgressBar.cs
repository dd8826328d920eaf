using Spectre.Console;
using Spectre.Console.Rendering;

namespace Agent.Cli.Showing;

/// <summary>Progress on a terminal: a bar, which is gone when the work has ended.</summary>
internal sealed class ProgressBar : IProgress<ProgressStep>
{
    private const int LongestTitle = 40;

    private readonly ProgressTask _task;
    private readonly NumbersColumn _numbers;

    private ProgressBar(ProgressTask task, NumbersColumn numbers) => (_task, _numbers) = (task, numbers);

    /// <summary>Shows the bar while the work is done.</summary>
    public static Task<T> ShowAsync<T>(IAnsiConsole console, Func<IProgress<ProgressStep>, Task<T>> work)
    {
        var numbers = new NumbersColumn();
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 20 }, new PercentageColumn(), numbers)
            .StartAsync(context => work(new ProgressBar(context.AddTask("…"), numbers)));
    }

    public void Report(ProgressStep value)
    {
        var title = Output.Visible(value.Title);
        _task.Description = Markup.Escape($"{(title.Length > LongestTitle ? title[..LongestTitle] + "…" : title)}: {Output.Visible(value.State)}");
        _task.IsIndeterminate = value.Percent is null;
        // Never quite the end: a task that is at its end counts as finished and is drawn no more.
        _task.Value = Math.Min(value.Percent ?? 0, 99.9);
        _numbers.Text = value.Numbers;
    }

    private sealed class NumbersColumn : ProgressColumn
    {
        public string Text { get; set; } = "";

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(Text);
    }
}
