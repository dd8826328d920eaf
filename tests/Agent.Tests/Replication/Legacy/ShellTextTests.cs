using System.Diagnostics;
using System.Text;
using Agent.Replication.Legacy;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Replication.Legacy;

/// <summary>What is quoted for the shell of another server, read by a real shell.</summary>
public sealed class ShellTextTests
{
    [Theory]
    [InlineData("Windows 10")]
    [InlineData("it's \"quoted\"")]
    [InlineData("''")]
    [InlineData("")]
    [InlineData("-rf")]
    [InlineData("$(touch /tmp/never) `id` $HOME ${PATH} \\ \\n")]
    [InlineData("a\nb\r\tc\u0001")]
    [InlineData("* ? [a-z] ~ ; & | < > ( ) { } # ! ^")]
    [InlineData("ñ 日本 \U0001F600")]
    public void A_shell_reads_what_was_quoted(string text) => Assert.Equal(["first", text, "last"], ArgumentsOf("sh", ["first", text, "last"]));

    [Theory]
    [InlineData("sh")]
    [InlineData("bash")]
    public void Every_shell_reads_what_was_quoted_whatever_it_is(string shell) =>
        Prop.ForAll(Gen.Elements("'\"\\$`!*?~ \n\t-=#;&|<>(){}[]abñ\u0001".ToCharArray()).ArrayOf().ArrayOf().ToArbitrary(), texts =>
        {
            string[] arguments = [.. texts.Select(text => new string(text))];
            return ArgumentsOf(shell, arguments).SequenceEqual(arguments);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    /// <summary>The arguments as a script sees them that came by way of a login shell.</summary>
    private static string[] ArgumentsOf(string loginShell, string[] arguments)
    {
        var command = ShellText.Command("for a; do printf '%s\\0' \"$a\"; done", arguments);
        using var shell = Process.Start(new ProcessStartInfo(loginShell, ["-c", command]) { RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8 })!;
        var output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
        return output.Length == 0 ? [] : output[..^1].Split('\0');
    }
}
