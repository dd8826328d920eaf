using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Agent.Tests.Api;

namespace Agent.Tests.Web;

/// <summary>The one answer that is the status page. What it shows is tested in a browser, end to end.</summary>
public sealed partial class StatusPageTests
{
    [Fact]
    public async Task The_policy_allows_this_very_style_and_script_and_nothing_else()
    {
        await using var agent = await RunningAgent.StartAsync();

        using var answer = await agent.AskAsync("GET", "/");
        var page = await answer.Content.ReadAsStringAsync();
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));

        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Contains($"style-src '{Hash(Style().Match(page).Groups[1].Value)}';", policy);
        Assert.Contains($"script-src '{Hash(Script().Match(page).Groups[1].Value)}';", policy);
        foreach (var part in (string[])["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"])
            Assert.Contains(part, policy);
        Assert.DoesNotContain("unsafe", policy);
    }

    [Fact]
    public async Task It_needs_nothing_from_elsewhere_and_makes_no_markup_of_text()
    {
        await using var agent = await RunningAgent.StartAsync();

        var page = await agent.TextAsync("/");

        Assert.DoesNotMatch("(?i)(src|href)=\"(?!data:|#)", page);
        Assert.DoesNotMatch(@"https?://(?!www\.w3\.org/2000/svg)", page);
        Assert.DoesNotMatch(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|localStorage|sessionStorage|\beval\b|\bimport\s*\(", page);
        Assert.DoesNotContain("/* script */", page);
    }

    [Fact]
    public async Task Both_languages_say_the_same()
    {
        await using var agent = await RunningAgent.StartAsync();

        var page = await agent.TextAsync("/");
        var languages = Language().Matches(page).ToDictionary(
            match => match.Groups[1].Value, match => Word().Matches(match.Groups[2].Value).Select(word => word.Groups[1].Value).Order().ToList());

        Assert.Equal(["en", "es"], languages.Keys.Order());
        Assert.Equal(languages["en"], languages["es"]);
        Assert.True(languages["en"].Count > 200);
        Assert.Equal([], UsedWord().Matches(page).Select(match => match.Groups[1].Value).Except(languages["en"]));
    }

    [Fact]
    public async Task It_is_sent_again_only_where_it_has_changed()
    {
        await using var agent = await RunningAgent.StartAsync();
        using var first = await agent.AskAsync("GET", "/");
        var tag = first.Headers.ETag!.ToString();

        using var again = await agent.AskAsync("GET", "/", ("If-None-Match", tag));
        using var other = await agent.AskAsync("GET", "/", ("If-None-Match", "W/\"another\""));
        using var head = await agent.AskAsync("HEAD", "/");

        Assert.Equal((HttpStatusCode.NotModified, 0), (again.StatusCode, (await again.Content.ReadAsByteArrayAsync()).Length));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal((tag, 0), (head.Headers.ETag!.ToString(), (await head.Content.ReadAsByteArrayAsync()).Length));
    }

    [Fact]
    public async Task It_is_compressed_for_those_who_take_it_so()
    {
        await using var agent = await RunningAgent.StartAsync();

        using var answer = await agent.AskAsync("GET", "/", ("Accept-Encoding", "gzip"));
        await using var plain = new GZipStream(await answer.Content.ReadAsStreamAsync(), CompressionMode.Decompress);

        Assert.Equal(["gzip"], answer.Content.Headers.ContentEncoding);
        Assert.Equal(await agent.TextAsync("/"), await new StreamReader(plain).ReadToEndAsync());
    }

    [Fact]
    public async Task Page_and_events_are_for_the_public_networks_alone()
    {
        await using var agent = await RunningAgent.StartAsync("""
            [metrics]
            networks = []
            """);
        await using var closed = await RunningAgent.StartAsync("", publicNetworks: "192.0.2.0/24");

        Assert.StartsWith("<!DOCTYPE html>", await agent.TextAsync("/"));
        foreach (var path in (string[])["/", "/ogrepository/v1/events"])
        {
            using var refused = await closed.AskAsync("GET", path);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Equal("network_refused", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        }
    }

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();

    [GeneratedRegex("<script type=\"module\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex(@"^  (e[ns]): \{(.*?)^  \},", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Language();

    [GeneratedRegex(@"(?<=^ {4}|, )'?([\w-]+)'?: '", RegexOptions.Multiline)]
    private static partial Regex Word();

    [GeneratedRegex(@"\bt\('([\w-]+)'\)")]
    private static partial Regex UsedWord();
}
