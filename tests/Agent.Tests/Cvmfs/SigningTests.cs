using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Agent.Cvmfs;
using Agent.Cvmfs.Publishing;
using Agent.Cvmfs.Publishing.Signing;
using Agent.Cvmfs.Scraping;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Cvmfs;

/// <summary>Keys, signatures and who believes them.</summary>
public sealed class SigningTests : IDisposable
{
    private const string Name = "images.example.org";

    private readonly TemporaryDirectory _files = new();
    private readonly ManualTime _time = new();
    private readonly SigningKeys _keys;
    private readonly Whitelist _whitelist;

    public SigningTests()
    {
        _keys = MadeKeys.In(_files["keys"]);
        _whitelist = new Whitelist(_keys, TimeSpan.FromDays(30), _time);
    }

    [Fact]
    public void A_client_refuses_every_single_flipped_bit()
    {
        var (manifest, whitelist, certificate) = (Manifest(), _whitelist.Of(Name), Certificate());
        Assert.Null(ProblemOf(manifest, whitelist, certificate));

        Assert.All(Flips(manifest), flipped => Assert.NotNull(ProblemOf(flipped, whitelist, certificate)));
        Assert.All(Flips(whitelist), flipped => Assert.NotNull(ProblemOf(manifest, flipped, certificate)));
        Assert.All(Flips(certificate), flipped => Assert.NotNull(ProblemOf(manifest, whitelist, flipped)));
    }

    [Fact]
    public void Keys_are_kept_and_read_by_nobody_else()
    {
        var (fingerprint, master) = (_keys.Fingerprint(), _keys.MasterPublicKey());

        new SigningKeys(_files["keys"]).Provide(Name, _time.GetUtcNow());

        Assert.Equal((fingerprint, master), (_keys.Fingerprint(), _keys.MasterPublicKey()));
        foreach (var key in (string[])["master.key", "repository.key"])
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_files[$"keys/{key}"]));
    }

    [Fact]
    public void Keys_that_cannot_be_used_are_told_and_left_alone()
    {
        File.WriteAllText(_files["keys/master.key"], "nonsense");
        Assert.Contains("master.key", Assert.Throws<IOException>(_keys.Check).Message);
        Assert.Equal("nonsense", File.ReadAllText(_files["keys/master.key"]));

        File.Copy(_files["keys/repository.key"], _files["keys/master.key"], overwrite: true);
        File.SetUnixFileMode(_files["keys/master.key"], UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains("chmod 600", Assert.Throws<IOException>(() => _keys.Provide(Name, _time.GetUtcNow())).Message);

        File.SetUnixFileMode(_files["keys/master.key"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Delete(_files["keys/repository.key"]);
        _keys.Provide(Name, _time.GetUtcNow());
        Assert.Contains("does not belong", Assert.Throws<IOException>(_keys.Check).Message);
    }

    [Fact]
    public void A_whitelist_is_renewed_in_the_middle_of_its_life_and_also_after_a_clock_that_was_wrong()
    {
        var first = _whitelist.Of(Name);
        _time.Advance(TimeSpan.FromDays(14));
        Assert.Same(first, _whitelist.Of(Name));
        _time.Advance(TimeSpan.FromDays(2));
        var second = _whitelist.Of(Name);

        Assert.StartsWith("20260317080000\nE20260416080000\nNimages.example.org\n", Encoding.Latin1.GetString(second), StringComparison.Ordinal);
        Assert.Null(ProblemOf(Manifest(), second, Certificate()));
        _time.Advance(TimeSpan.FromDays(-300));
        Assert.StartsWith("20250521", Encoding.Latin1.GetString(_whitelist.Of(Name)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_refuses_what_has_expired_what_is_of_others_and_what_others_signed()
    {
        var (manifest, whitelist, certificate) = (Manifest(), _whitelist.Of(Name), Certificate());
        var other = new SigningKeys(_files["other"]);
        other.Provide(Name, _time.GetUtcNow());
        var check = new SignatureCheck([other.MasterPublicKey()]);

        Assert.Contains("none of the master keys", check.ProblemOf(Name, manifest, whitelist, certificate, _time.GetUtcNow()));
        Assert.Contains("is of", ProblemOf("else.example.org", manifest, whitelist, certificate, _time.GetUtcNow()));
        Assert.Null(ProblemOf(Name, manifest, whitelist, certificate, _time.GetUtcNow().AddDays(30).AddMinutes(-1)));
        Assert.Contains("expired", ProblemOf(Name, manifest, whitelist, certificate, _time.GetUtcNow().AddDays(30)));
    }

    [Fact]
    public void Raw_signatures_hold_for_what_was_signed_and_nothing_else() =>
        Prop.ForAll<byte[]>(content =>
        {
            content = [.. (content ?? []).Take(200)];
            using var key = RSA.Create();
            key.ImportFromPem(File.ReadAllText(_files["keys/master.key"]));
            var parameters = key.ExportParameters(includePrivateParameters: true);
            var signature = RawRsa.Sign(content, parameters);
            return RawRsa.Verify(content, signature, parameters) && !RawRsa.Verify([.. content, 0], signature, parameters) && !RawRsa.Verify(content, signature.AsSpan(1), parameters);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10));

    [Fact]
    public void Any_bytes_are_a_frame_or_are_not() =>
        Prop.ForAll<byte[]>(bytes => !SignedText.TryParse(bytes ?? [], out var signed) || signed.Text.EndsWith('\n')).QuickCheckThrowOnFailure();

    [Fact]
    public void Dates_are_read_as_they_are_written() =>
        Prop.ForAll<uint>(seconds =>
        {
            var moment = DateTimeOffset.FromUnixTimeSeconds(seconds);
            return CvmfsDate.TryParse(CvmfsDate.Format(moment), out var read) && read == moment;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Dates_look_as_the_c_locale_writes_them()
    {
        Assert.Equal("Tue Mar  3 04:05:06 UTC 2026", CvmfsDate.Format(new DateTimeOffset(2026, 3, 3, 5, 5, 6, TimeSpan.FromHours(1))));
        Assert.Equal("Fri Nov 20 23:13:01 UTC 2026", CvmfsDate.Format(new DateTimeOffset(2026, 11, 20, 23, 13, 1, TimeSpan.Zero)));
    }

    public void Dispose() => _files.Dispose();

    private static IEnumerable<byte[]> Flips(byte[] bytes)
    {
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] flipped = [.. bytes];
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            yield return flipped;
        }
    }

    private byte[] Certificate()
    {
        var store = new ObjectStore(_files["store"]);
        return File.ReadAllBytes(store.PathOf(store.Put(_keys.Certificate(), ObjectHash.Certificate), ObjectHash.Certificate));
    }

    private byte[] Manifest() => SignedText.Compose(string.Create(CultureInfo.InvariantCulture, $"""
        C{new string('1', 40)}
        B10
        R{PublishedManifest.RootPathHash}
        D240
        S1
        Gyes
        Ano
        N{Name}
        X{ObjectHash.Of(Certificate())}
        H{new string('2', 40)}
        T1795217167
        M{new string('3', 40)}
        Y{new string('4', 40)}

        """), _keys.SignManifest);

    private string? ProblemOf(byte[] manifest, byte[] whitelist, byte[] certificate) => ProblemOf(Name, manifest, whitelist, certificate, _time.GetUtcNow());

    private string? ProblemOf(string name, byte[] manifest, byte[] whitelist, byte[] certificate, DateTimeOffset now) =>
        new SignatureCheck([_keys.MasterPublicKey()]).ProblemOf(name, manifest, whitelist, certificate, now);
}
