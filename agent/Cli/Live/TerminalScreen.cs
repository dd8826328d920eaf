using System.Runtime.InteropServices;
using System.Text;
using Agent.Cli.Showing;

namespace Agent.Cli.Live;

/// <summary>
/// The terminal while a live screen is on it: the alternate screen, without a cursor. What was there before is back when this is disposed of,
/// and while the program is stopped by Ctrl-Z. May be called from any thread.
/// </summary>
internal sealed partial class TerminalScreen : IDisposable
{
    private const string Enter = "\u001b[?1049h\u001b[?25l";
    private const string Leave = "\u001b[?1l\u001b>\u001b[0m\u001b[?25h\u001b[?1049l";
    private const string Home = "\u001b[H";
    private const string ToEndOfLine = "\u001b[K";
    private const string ToEndOfScreen = "\u001b[J";

    private const int StopSignal = 19; // SIGSTOP on x86-64 and arm64.

    private readonly Lock _lock = new();
    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly bool _hasColours = Terminal.HasColours;
    private readonly PosixSignalRegistration[] _signals;
    private string _drawn = "";
    private bool _isEntered;
    private bool _isStopped;

    /// <param name="changed">Is called when all has to be drawn anew.</param>
    public TerminalScreen(Action changed)
    {
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => changed()),
            PosixSignalRegistration.Create(PosixSignal.SIGTSTP, _ => Stop()),
            PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Continue(changed)),
        ];
    }

    /// <summary>Its size now.</summary>
    public static TerminalSize Size => Terminal.SizeOf(Terminal.Output) ?? new TerminalSize(80, 24);

    /// <summary>Draws lines that fit the size; does nothing where they are there already.</summary>
    public void Draw(IReadOnlyList<ScreenLine> lines)
    {
        var frame = Frame(lines, _hasColours);
        lock (_lock)
        {
            if (_isStopped || (_isEntered && frame == _drawn))
                return;
            Write(_isEntered ? frame : Enter + frame);
            (_drawn, _isEntered) = (frame, true);
        }
    }

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        Exit();
        _output.Dispose();
    }

    /// <summary>What makes a terminal show lines: written over what is there, so that nothing flickers.</summary>
    internal static string Frame(IReadOnlyList<ScreenLine> lines, bool hasColours)
    {
        var frame = new StringBuilder(Home);
        for (var index = 0; index < lines.Count; index++)
        {
            frame.Append(ToEndOfLine).Append(Coloured(lines[index], hasColours));
            frame.Append(index < lines.Count - 1 ? "\r\n" : ToEndOfScreen);
        }
        return frame.ToString();
    }

    private static string Coloured(ScreenLine line, bool hasColours)
    {
        int? mode = line.Tone switch { Tone.Title => 1, Tone.Soft => 2, Tone.Bad => 31, _ => null };
        return mode is not { } wanted || !hasColours || line.Text.Length == 0 ? line.Text : Terminal.Coloured(line.Text, wanted);
    }

    /// <summary>Gives the terminal back, and draws no more until the program goes on.</summary>
    private void Exit()
    {
        lock (_lock)
        {
            _isStopped = true;
            if (!_isEntered)
                return;
            _isEntered = false;
            Write(Leave);
        }
    }

    /// <summary>Stops the program as Ctrl-Z would if nobody took notice of it: .NET does not once somebody has.</summary>
    private void Stop()
    {
        Exit();
        _ = Kill(Environment.ProcessId, StopSignal);
    }

    private void Continue(Action changed)
    {
        lock (_lock)
            _isStopped = false;
        changed();
    }

    private void Write(string text)
    {
        try
        {
            _output.Write(Encoding.UTF8.GetBytes(text));
            _output.Flush();
        }
        catch (IOException)
        {
            // The terminal is gone; the signal that tells so ends the program.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
