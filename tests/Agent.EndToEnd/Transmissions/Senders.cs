using System.Diagnostics;
using System.Globalization;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Transmissions;

/// <summary>The sending programs of this machine, as they stand in <c>/proc</c>.</summary>
internal static class Senders
{
    /// <summary>Process numbers of the programs that send an image.</summary>
    public static IReadOnlyList<int> Of(string imagePath) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => name!.All(char.IsAsciiDigit))
            .Where(name => IsSender(Arguments(name!), imagePath)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture)),
    ];

    /// <summary>Kills the one that sends an image, as somebody else would.</summary>
    public static void Kill(string imagePath)
    {
        using var sender = Process.GetProcessById(Assert.Single(Of(imagePath)));
        sender.Kill();
    }

    /// <summary>Waits until nobody sends an image any more.</summary>
    public static Task GoneAsync(string imagePath) => Eventually.SeeAsync(
        () => Task.FromResult(Of(imagePath).Count == 0 ? "gone" : null), $"nobody sends {imagePath}", () => string.Join(' ', Of(imagePath)));

    private static bool IsSender(string[] arguments, string imagePath) =>
        arguments is [var program, .., var last] && last == imagePath && Path.GetFileName(program) is "udp-sender" or "uftp";

    private static string[] Arguments(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").TrimEnd('\0').Split('\0');
        }
        catch (IOException)
        {
            // It has just ended.
            return [];
        }
    }
}
