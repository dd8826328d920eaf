using Agent.Common;
using Agent.Configuration;
using Agent.Replication.Remotes;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Replication;

public sealed class RemoteBookTests
{
    private static readonly RemoteBook Book = new(() =>
    [
        new RemoteOptions { Name = "campus2", Url = new Uri("https://192.168.60.10:8443"), ApiKey = Key("one") },
        new RemoteOptions { Name = "old", Ssh = "root@192.168.60.11" },
    ]);

    [Theory]
    [InlineData("campus2", "https://192.168.60.10:8443/", true)]
    [InlineData("192.168.60.10", "https://192.168.60.10:8443/", true)]
    [InlineData("192.168.60.10:8443", "https://192.168.60.10:8443/", true)]
    [InlineData("https://192.168.60.10:8443", "https://192.168.60.10:8443/", true)]
    [InlineData("http://192.168.60.10:8443", "http://192.168.60.10:8443/", false)]
    [InlineData("192.168.60.10:8006", "http://192.168.60.10:8006/", false)]
    [InlineData("192.168.60.12", "http://192.168.60.12:8006/", false)]
    [InlineData("repo.example.org:80", "http://repo.example.org/", false)]
    [InlineData("[::1]", "http://[::1]:8006/", false)]
    [InlineData("https://repo.example.org/behind/proxy", "https://repo.example.org/behind/proxy/", false)]
    public void A_repository_is_found_by_name_host_or_url_and_only_its_own_gets_the_key(string repo, string url, bool hasKey)
    {
        var remote = Book.Find(repo, null)!;

        Assert.Equal((url, hasKey ? "one" : null), (remote.Url.AbsoluteUri, remote.Key?.Value));
        Assert.Equal("other", Book.Find(repo, Key("other"))!.Key!.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no such thing")]
    [InlineData("ftp://192.168.60.10")]
    [InlineData("user:secret@192.168.60.10")]
    [InlineData("192.168.60.10/path")]
    [InlineData("http://host/?query")]
    [InlineData("-oProxyCommand=x")]
    public void What_is_no_address_is_none(string repo) => Assert.Null(Book.Find(repo, null));

    [Fact]
    public void Nothing_makes_it_fail() => Prop.ForAll<string?>(text => Book.Find(text ?? "", null) is null or { Url.IsAbsoluteUri: true }).QuickCheckThrowOnFailure();

    private static Secret Key(string text) => Secret.TryParse(text, out var key) ? key! : throw new InvalidOperationException();
}
