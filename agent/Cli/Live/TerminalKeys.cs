using System.Runtime.InteropServices;
using Agent.Cli.Showing;

namespace Agent.Cli.Live;

/// <summary>
/// Single keys of the terminal, without Enter and without their echo; Ctrl-C stays what it is. Not by .NET's console, which would switch the
/// keypad of the terminal and not switch it back.
/// </summary>
internal sealed partial class TerminalKeys : IDisposable
{
    /// <summary>Parts of <c>struct termios</c> of glibc on x86-64 and arm64, see tcgetattr(3).</summary>
    private const int LengthOfSettings = 60, LocalModes = 12, ControlCharacters = 17;

    private const int Canonical = 0x2, Echo = 0x8, LeastBytes = 6, MostTenths = 5, Now = 0;

    private readonly byte[]? _before;

    /// <summary>Switches the terminal over; does nothing where there is none.</summary>
    public TerminalKeys()
    {
        // More room than is needed: who has another C library must not lose its stack.
        var settings = new byte[4 * LengthOfSettings];
        if (Terminal.SizeOf(Terminal.Input) is null || GetSettings(Terminal.Input, settings) != 0)
            return;
        _before = [.. settings];
        settings[LocalModes] &= unchecked((byte)~(Canonical | Echo));
        // A read comes back after a tenth of a second, so that it can be ended.
        (settings[ControlCharacters + LeastBytes], settings[ControlCharacters + MostTenths]) = (0, 1);
        _ = SetSettings(Terminal.Input, Now, settings);
    }

    /// <summary>Waits until a key is pressed that says that it is enough; for ever where there is no terminal.</summary>
    public async Task UntilQuitAsync(CancellationToken cancellation)
    {
        if (_before is null)
            await Task.Delay(Timeout.Infinite, cancellation);
        await Task.Factory.StartNew(() => ReadUntilQuit(cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public void Dispose()
    {
        if (_before is not null)
            _ = SetSettings(Terminal.Input, Now, _before);
    }

    private static void ReadUntilQuit(CancellationToken cancellation)
    {
        var key = new byte[1];
        while (!cancellation.IsCancellationRequested)
        {
            var read = Read(Terminal.Input, key, 1);
            if (read > 0 && (char)key[0] is 'q' or 'Q')
                return;
            // An end of the input comes back at once, and again and again.
            if (read <= 0)
                cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(10));
        }
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetSettings(int descriptor, [Out] byte[] settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetSettings(int descriptor, int when, byte[] settings);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, [Out] byte[] buffer, nuint length);
}
