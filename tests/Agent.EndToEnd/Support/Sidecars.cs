using System.Text;

namespace Agent.EndToEnd.Support;

/// <summary>The files that the agent writes beside an image, as clients read them.</summary>
internal static class Sidecars
{
    public static readonly string[] Endings = [".sum", ".full.sum", ".torrent"];

    /// <summary>A sum file in the exact form that clients compare as text: 32 lower-case hex digits and a newline.</summary>
    public static string ReadSum(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var text = Encoding.ASCII.GetString(bytes);
        Assert.True(bytes.Length == 33 && text[32] == '\n' && text[..32].All(char.IsAsciiHexDigitLower), $"{path} holds \"{text}\"");
        return text[..32];
    }

    /// <summary>Asserts that all that stands beside an image is there and true, by the judgement of md5sum and ctorrent.</summary>
    public static async Task AssertTrueAsync(string image)
    {
        var expected = await ReferenceDigests.OfAsync(image);
        Assert.Equal(expected.Sum, ReadSum($"{image}.sum"));
        Assert.Equal(expected.FullSum, ReadSum($"{image}.full.sum"));
        var torrent = Torrent.Read($"{image}.torrent");
        Assert.Equal((await Torrent.ByCTorrentAsync(image)).InfoHash, torrent.InfoHash);
        Assert.Equal(expected.FullSum, torrent.Comment);
    }

    /// <summary>Asserts that nothing stands beside an image that is gone.</summary>
    public static void AssertNone(string image) => Assert.All(Endings, ending => Assert.False(File.Exists(image + ending), image + ending));
}
