using System.Diagnostics;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Scale;

/// <summary>Repositories with many images: what a restart reads, how long it takes, how much memory an idle agent holds.</summary>
[Collection("scale")]
public sealed class ManyImagesTests(ITestOutputHelper output)
{
    private static readonly TimeSpan IndexingLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Restart_with_a_thousand_images_reads_none_of_them()
    {
        const int images = 1_000;
        const int bytes = 40_000;
        await using var repository = await IndexedAsync(images, bytes);

        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("every image is known with its digests", async () => (await agent.Api.StatusAsync()).Indexed == images);

        var read = ReadBytes(agent);
        output.WriteLine($"the restart read {read:N0} bytes; the images have {(long)images * bytes:N0}");
        // Its own records and repoinfo.json, the key, the time zone; not one image in fifty.
        Assert.InRange(read, 0, images * bytes / 10);
    }

    [Fact]
    public async Task Ten_thousand_images_start_within_two_seconds_and_idle_below_60_megabytes()
    {
        const int images = 10_000;
        await using var repository = await IndexedAsync(images, 100);

        var start = await FastestStartAsync(repository);
        await using var agent = await repository.StartAsync();
        var status = await agent.Api.StatusAsync();

        Assert.Equal((images, images), (status.Images, status.Indexed));
        await agent.SeeAsync("memory is given back once the start is over", () => Task.FromResult(ResidentBytes(agent) < 60 * 1024 * 1024), TimeSpan.FromSeconds(20));
        output.WriteLine($"{images:N0} images: ready after {start.TotalMilliseconds:F0} ms, idle with {ResidentBytes(agent):N0} bytes");
        Assert.InRange(start, TimeSpan.Zero, StartLimit);
        Assert.Equal(images, (await agent.Api.ListAsync()).Images.Count);
    }

    /// <summary>Time until all images are listed, of the first start within the limit or else the fastest of five: a machine that does something else is no slow agent.</summary>
    private static async Task<TimeSpan> FastestStartAsync(TestRepository repository)
    {
        var fastest = TimeSpan.MaxValue;
        for (var i = 0; i < 5 && fastest > StartLimit; i++)
        {
            var clock = Stopwatch.StartNew();
            await using var agent = await repository.StartAsync();
            await agent.Api.StatusAsync();
            fastest = clock.Elapsed < fastest ? clock.Elapsed : fastest;
        }
        return fastest;
    }

    /// <summary>A repository in memory that an agent has indexed and left.</summary>
    private async Task<TestRepository> IndexedAsync(int images, int bytes)
    {
        var repository = new TestRepository(output, parent: "/dev/shm");
        for (var i = 0; i < images; i++)
            repository.Write($"image-{i:D5}.img", Contents.Random(bytes));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("every image is indexed and shared", async () =>
            await agent.Api.StatusAsync() is { } status && status.Indexed == images && status.Tracker!.Torrents == images, IndexingLimit);
        Assert.Equal(0, await agent.StopAsync());
        return repository;
    }

    /// <summary>All bytes that the process has read by system calls, cached or not.</summary>
    private static long ReadBytes(AgentProcess agent) => Field($"/proc/{agent.Id}/io", "rchar:");

    private static long ResidentBytes(AgentProcess agent) => Field($"/proc/{agent.Id}/status", "VmRSS:") * 1024;

    private static long Field(string file, string name) =>
        long.Parse(File.ReadLines(file).Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Replace("kB", "").Trim());
}
