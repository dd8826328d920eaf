namespace Agent.Cli.Showing;

/// <summary>Progress where there is no terminal: a line for every new state, and for every tenth done.</summary>
internal sealed class ProgressLines(TextWriter output) : IProgress<ProgressStep>
{
    private (string State, int? Tenths) _told = ("", null);

    public void Report(ProgressStep value)
    {
        var now = (value.State, value.Percent / 10);
        if (now == _told)
            return;
        _told = now;
        var percent = value.Percent is { } known ? $" {known} %," : "";
        output.WriteLine(Output.Visible($"{value.Title}: {value.State},{percent} {value.Numbers}".TrimEnd(' ', ',')));
    }
}
