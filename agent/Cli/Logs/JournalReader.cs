using Agent.Cli.Asking;
using Agent.Cli.Showing;
using Agent.Common.Processes;

namespace Agent.Cli.Logs;

/// <summary>Has journalctl read the journal, and prints what it finds.</summary>
internal static class JournalReader
{
    /// <summary>An entry has a message and an exception of 16,384 characters each, and some fields.</summary>
    private const int LongestLine = 4 * 1024 * 1024;

    /// <summary>Prints the entries.</summary>
    /// <returns>False where journalctl has failed; it has said why.</returns>
    /// <exception cref="IOException">It cannot be started.</exception>
    public static async Task<bool> RunAsync(string program, JournalQuery query, CancellationToken cancellation)
    {
        await using var children = new ChildProcesses("logs");
        var child = children.StartPiped(program, query.Arguments(), Output.Tell);
        await child.Pipes!.Input.DisposeAsync();
        await using var output = child.Pipes.Output;
        var lines = new BoundedLines(output, LongestLine);
        var printing = PrintAsync(lines, query.IsWhole);
        // What it writes ends when it does, and it does when the children are disposed of.
        var isFound = await printing.WaitAsync(cancellation);
        if (Terminal.IsClosed(Terminal.Output))
            return true; // As by "head" behind a pipe.
        var isRead = (await child.Exited.WaitAsync(cancellation)).IsSuccess;
        if (isRead && !isFound)
            Output.Tell("The journal has no such entries.");
        return isRead;
    }

    /// <returns>True where there were any.</returns>
    private static async Task<bool> PrintAsync(BoundedLines lines, bool isJson)
    {
        var (hasColours, isFound) = (Terminal.HasColours, false);
        while (!Terminal.IsClosed(Terminal.Output) && await lines.ReadAsync(CancellationToken.None) is { } line)
        {
            if (isJson && line.StartsWith('{'))
                Console.WriteLine(line);
            else if (JournalLine.TryParse(line) is { } entry)
                Print(entry, hasColours);
            else if (line.Length > 0)
                Output.Tell(line); // What journalctl remarks.
            isFound |= line.StartsWith('{');
        }
        return isFound;
    }

    private static void Print(JournalLine entry, bool hasColours)
    {
        // The terminal may have another width by now.
        foreach (var line in entry.Lines(Terminal.SizeOf(Terminal.Output)?.Columns ?? int.MaxValue))
            Console.WriteLine(hasColours && entry.Colour is { } colour ? Terminal.Coloured(line, colour) : line);
    }
}
