using System.Diagnostics;

namespace Agent.Tests.Indexing.Hashing;

/// <summary>Programs that other people's digests come from.</summary>
internal static class InstalledProgram
{
    /// <summary>Runs it and returns its standard output; null where it is not installed, which a CI run does not accept.</summary>
    public static async Task<byte[]?> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            using var output = new MemoryStream();
            await process.StandardOutput.BaseStream.CopyToAsync(output);
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, $"{program}: {await errors}");
            return output.ToArray();
        }
        catch (System.ComponentModel.Win32Exception) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Console.WriteLine($"not compared with {program}: it is not installed");
            return null;
        }
    }
}
