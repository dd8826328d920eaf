using System.Security.Cryptography;
using Agent.Common;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Common;

/// <summary>Public keys as people give them.</summary>
public sealed class RsaPublicKeyTests
{
    private static readonly string Pem = MakePem();

    [Fact]
    public void A_key_is_read_in_all_its_forms()
    {
        var line = string.Concat(Pem.Split('\n').Where(line => !line.StartsWith('-')));

        Assert.All((string[])[Pem, line, line.Replace('+', '-').Replace('/', '_'), line.Replace('+', ' '), $"\n{line}\n"], form => Assert.Equal(Pem, RsaPublicKey.Parse(form)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")]
    public void What_is_no_key_is_told(string text) => Assert.Contains("no public RSA key", Assert.Throws<FormatException>(() => RsaPublicKey.Parse(text)).Message);

    [Fact]
    public void Any_text_is_a_key_or_is_told() => Prop.ForAll<string?, bool>((text, isFramed) =>
    {
        try
        {
            return RsaPublicKey.Parse(isFramed ? $"-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n" : text ?? "").Length > 0;
        }
        catch (FormatException e)
        {
            return e.Message.Length > 0;
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_file_that_cannot_be_a_key_is_told_by_its_name()
    {
        using var files = new TemporaryDirectory();
        File.WriteAllText(files["long"], new string('A', 100_000));
        File.WriteAllText(files["wrong"], "nonsense");

        Assert.Contains(files["long"], Assert.Throws<FormatException>(() => RsaPublicKey.ReadFile(files["long"])).Message);
        Assert.Contains(files["wrong"], Assert.Throws<FormatException>(() => RsaPublicKey.ReadFile(files["wrong"])).Message);
        Assert.Throws<FileNotFoundException>(() => RsaPublicKey.ReadFile(files["nowhere"]));
    }

    private static string MakePem()
    {
        using var key = RSA.Create(2048);
        return key.ExportSubjectPublicKeyInfoPem();
    }
}
