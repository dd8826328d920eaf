using System.Runtime.InteropServices;
using Agent.Common;

namespace Agent.Cli.Showing;

/// <summary>Room of a terminal in cells.</summary>
internal readonly record struct TerminalSize(int Columns, int Rows);

/// <summary>What is known of the terminal that a command was started on.</summary>
internal static partial class Terminal
{
    /// <summary>Descriptors of what a program reads and writes.</summary>
    public const int Input = 0, Output = 1, Errors = 2;

    /// <summary>Of a terminal that does not tell how large it is.</summary>
    private static readonly TerminalSize Usual = new(80, 24);

    private const short PollError = 8;

    private const nuint GetWindowSize = 0x5413; // TIOCGWINSZ of ioctl_tty(2), the same on x86-64 and arm64.

    /// <summary>The size of the terminal at a descriptor at this moment; null where it is none.</summary>
    public static TerminalSize? SizeOf(int descriptor)
    {
        if (IOControl(descriptor, GetWindowSize, out var size) != 0)
            return null;
        return new TerminalSize(size.Columns > 0 ? size.Columns : Usual.Columns, size.Rows > 0 ? size.Rows : Usual.Rows);
    }

    /// <summary>True where nobody reads any more what is written to a pipe: writing would not tell, since .NET takes no notice of that.</summary>
    public static bool IsClosed(int descriptor)
    {
        Span<LibC.PollDescriptor> polled = [new(descriptor, events: 0)];
        return LibC.Poll(polled, 1, milliseconds: 0) > 0 && (polled[0].Returned & PollError) != 0;
    }

    /// <summary>True where sequences that move the cursor are understood.</summary>
    public static bool CanMove(string? term) => term is not (null or "" or "dumb");

    /// <summary>True where standard output may be coloured, see no-color.org.</summary>
    public static bool HasColours => MayColour(SizeOf(Output) is not null, Environment.GetEnvironmentVariable("TERM"), Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>A text with what sets its colour, and what takes it back.</summary>
    /// <param name="text">The text.</param>
    /// <param name="mode">Number of ECMA-48: 1 bold, 2 faint, from 30 on the colours.</param>
    public static string Coloured(string text, int mode) => $"\u001b[{mode}m{text}\u001b[0m";

    /// <summary>True where colours are understood and wanted.</summary>
    /// <param name="isTerminal">It is one.</param>
    /// <param name="term">The variable <c>TERM</c>.</param>
    /// <param name="noColor">The variable <c>NO_COLOR</c>, which counts unless it is empty.</param>
    internal static bool MayColour(bool isTerminal, string? term, string? noColor) => isTerminal && CanMove(term) && string.IsNullOrEmpty(noColor);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int IOControl(int descriptor, nuint request, out WindowSize size);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows, Columns, Width, Height;
    }
}
