using Agent.BitTorrent.Downloading;
using Agent.Cli.Showing;
using Agent.Common;

namespace Agent.Cli;

/// <summary>Shows how a download goes on: one line that changes on a terminal, a line now and then elsewhere.</summary>
internal static class FetchProgress
{
    private const int Width = 78;

    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan InFile = TimeSpan.FromSeconds(5);

    /// <summary>Shows progress until the download ends, however it ends.</summary>
    public static async Task ShowAsync(TorrentDownload download, Task running)
    {
        var isTerminal = !Console.IsErrorRedirected;
        while (await Task.WhenAny(running, Task.Delay(isTerminal ? OnTerminal : InFile)) != running)
        {
            var line = Line(download.Snapshot());
            await Console.Error.WriteAsync(isTerminal ? $"\r{line.PadRight(Width)}" : $"{line}\n");
        }
        if (isTerminal)
            await Console.Error.WriteAsync($"\r{new string(' ', Width)}\r");
    }

    /// <summary>Prints what came from where.</summary>
    public static void ShowResult(DownloadTarget target, DownloadSnapshot result)
    {
        Console.WriteLine($"{Output.Visible(target.FilePath)}: {Sizes.Rounded(result.Length)}, {Sizes.Rounded(result.Fetched)} fetched, {Sizes.Rounded(result.Uploaded)} sent");
        foreach (var source in result.Sources)
            Console.WriteLine($"  {Sizes.Rounded(source.Fetched),12}  {Output.Visible(source.Name)}{(source.Banned is { } why ? $" (banned: {why})" : "")}");
    }

    private static string Line(DownloadSnapshot now) => now.Phase switch
    {
        DownloadPhase.Checking => $"checking {100.0 * now.Checked / now.Length:F1} %",
        _ => $"{100.0 * now.Verified / now.Length:F1} % of {Sizes.Rounded(now.Length)}, {Sizes.Rounded(now.BytesPerSecond)}/s, {now.Links} of {now.KnownPeers} peers{Remaining(now)}",
    };

    private static string Remaining(DownloadSnapshot now) =>
        now.BytesPerSecond > 0 ? $", {TimeSpan.FromSeconds((now.Length - now.Verified) / now.BytesPerSecond):hh\\:mm\\:ss} left" : "";
}
