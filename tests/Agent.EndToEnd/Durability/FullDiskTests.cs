using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Durability;

/// <summary>The file system of images and state is full, and later has room again.</summary>
public sealed class FullDiskTests(ITestOutputHelper output)
{
    private const int Megabytes = 24;

    [TheoryWithMount]
    [InlineData("lives on")]
    [InlineData("is stopped")]
    [InlineData("is killed")]
    public async Task Full_disk_is_told_loses_nothing_and_is_made_up_for_when_there_is_room(string agentThat)
    {
        await using var disk = await SmallFileSystem.MountAsync(Megabytes);
        await using var repository = new TestRepository(output, parent: disk.Root);
        var images = new WatchedImages(repository);
        images.Put("Before.img", 2_000_000);
        images.Describe("Before.img", "model-pc-1");
        var agent = await repository.StartAsync();
        await images.AssertRightAsync(agent);
        var repoinfo = await File.ReadAllBytesAsync(repository.Repoinfo);

        // Both finish while there is room for not one byte more.
        foreach (var (path, client) in ((string, string)[])[("During.img", "model-pc-2"), ("aula1/During.img", "model-pc-3")])
        {
            repository.Write($"{path}.lock", "");
            images.Put(path, 3_000_000);
            images.Describe(path, client);
        }
        var filler = disk.Fill();
        File.Delete(repository["During.img.lock"]);
        File.Delete(repository["aula1/During.img.lock"]);
        await agent.SeeAsync("the log tells of the full disk", () => Task.FromResult(agent.Log.Contains("is full", StringComparison.Ordinal)));

        images.AssertWhole();
        Assert.Equal(repoinfo, await File.ReadAllBytesAsync(repository.Repoinfo));
        Assert.Equal(200, (await agent.Api.GetAsync("healthz")).Status);
        Assert.NotNull(await agent.Api.FindReadyAsync("Before.img"));
        await agent.SeeAsync("the new ones are listed", async () => (await agent.Api.StatusAsync()).Images == 3);
        Assert.Equal(2_000_000, (await agent.Api.GetAsync("images/Before.img")).Body.Length);
        Assert.Equal(1, agent.Log.Split("could not be written").Length - 1);

        agent = await CarryOnAsync(repository, agent, agentThat);
        images.AssertWhole();
        File.Delete(filler);

        await agent.SeeAsync("all is made up for", () => Task.FromResult(images.AreFinished()));
        await agent.SeeAsync("no .info is left", () => Task.FromResult(!File.Exists(repository["aula1/During.img.info"])));
        await images.AssertRightAsync(agent);
        Assert.Equal(0, await agent.StopAsync());
    }

    [TheoryWithMount]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Agent_started_on_a_full_disk_serves_what_it_knows_or_says_why_it_cannot(bool hasStateOfEarlier)
    {
        await using var disk = await SmallFileSystem.MountAsync(Megabytes);
        await using var repository = new TestRepository(output, parent: disk.Root);
        var images = new WatchedImages(repository);
        images.Put("A.img", 2_000_000);
        if (hasStateOfEarlier)
        {
            await using var earlier = await repository.StartAsync();
            await images.AssertRightAsync(earlier);
            await earlier.StopAsync();
        }

        // The configuration is the test's own affair: it takes the room that it had.
        await File.WriteAllTextAsync(repository.ConfigurationFile, new string(' ', 1000));
        var filler = disk.Fill();
        if (hasStateOfEarlier)
        {
            await using var agent = await repository.StartAsync();
            Assert.NotNull(await agent.Api.FindReadyAsync("A.img"));
            Assert.Equal(200, (await agent.Api.GetAsync("torrents/A.img.torrent")).Status);
            await agent.StopAsync();
        }
        else
        {
            await File.WriteAllTextAsync(repository.ConfigurationFile, repository.Settings.ToToml(repository.Images, repository.State));
            var told = await AgentCommand.RunAsync("serve", "--config", repository.ConfigurationFile);
            Assert.Equal(2, told.ExitCode);
            Assert.Contains("cannot start: No space left on device", told.Errors);
            Assert.False(File.Exists(repository.KeyFile));
        }
        images.AssertWhole();

        File.Delete(filler);
        await using var last = await repository.StartAsync();
        await images.AssertRightAsync(last);
    }

    [TheoryWithMount]
    [InlineData(4)]
    [InlineData(100)]
    public async Task Disk_that_fills_up_in_the_middle_of_many_images_is_made_up_for(int kilobytesLeft)
    {
        await using var disk = await SmallFileSystem.MountAsync(Megabytes);
        await using var repository = new TestRepository(output, parent: disk.Root);
        var images = new WatchedImages(repository);
        for (var i = 0; i < 60; i++)
            images.Put($"image-{i}.img", 50_000);
        await using (var earlier = await repository.StartAsync())
        {
            await images.AssertRightAsync(earlier);
            await earlier.StopAsync();
        }

        foreach (var image in images.Present.ToList())
            images.Touch(image);
        for (var i = 0; i < 40; i++)
            images.Put($"new-{i}.img", 50_000);
        images.Describe("new-7.img", "model-pc");
        var room = Path.Combine(disk.Root, "room");
        await File.WriteAllBytesAsync(room, new byte[kilobytesLeft * 1024]);
        var filler = disk.Fill();
        File.Delete(room);
        await using (var agent = await repository.StartAsync())
        {
            await agent.SeeAsync("the log tells of the full disk", () => Task.FromResult(agent.Log.Contains("is full", StringComparison.Ordinal)));
            await agent.KillAsync();
            images.AssertWhole();
        }

        File.Delete(filler);
        await using var last = await repository.StartAsync();
        await images.AssertRightAsync(last);
    }

    private static async Task<AgentProcess> CarryOnAsync(TestRepository repository, AgentProcess agent, string how)
    {
        if (how == "lives on")
            return agent;
        if (how == "is stopped")
            Assert.Equal(0, await agent.StopAsync());
        else
            await agent.KillAsync();
        return await repository.StartAsync();
    }
}
