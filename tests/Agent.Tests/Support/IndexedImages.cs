using Agent.Images;
using Agent.Indexing;

namespace Agent.Tests.Support;

/// <summary>Images that are indexed already, with nothing at work any more: whatever happens next is the test's doing.</summary>
internal static class IndexedImages
{
    public static readonly TorrentAddresses Addresses = new("http://192.168.1.5:6969/announce", null);

    /// <summary>Writes an image and has it indexed.</summary>
    public static async Task<Image> AddIndexedAsync(this RunningCatalogue catalogue, string path, byte[] content)
    {
        catalogue.Write(path, content);
        // Not of this tick of the clock, so that nothing waits for the next.
        File.SetLastWriteTimeUtc(catalogue[path], new DateTime(2024, 5, 17, 12, 0, 0, DateTimeKind.Utc));
        await catalogue.IndexAllAsync();
        return catalogue.Find(path)!;
    }

    /// <summary>Has everything indexed that is not.</summary>
    public static async Task IndexAllAsync(this RunningCatalogue catalogue)
    {
        await catalogue.RescanAsync();
        using var indexing = catalogue.Indexing(() => Addresses, trust: false);
        await indexing.StartAsync(CancellationToken.None);
        await catalogue.WaitForAsync(now => now.Images.All(image => image.Sidecars is not null));
        await indexing.StopAsync(CancellationToken.None);
    }
}
