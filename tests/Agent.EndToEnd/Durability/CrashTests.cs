using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Durability;

/// <summary>The agent is killed, as a power cut would, at any moment of its work.</summary>
[Collection(HeavyTests.Name)]
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Kills = 50;
    private const int LongestLife = 400;

    private static readonly string[] Large = ["Windows10.img", "aula1/Ubuntu.img", "Disk.dsk"];

    [Fact]
    public async Task Killed_at_any_moment_it_leaves_nothing_torn_and_the_next_start_completes_everything()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        await using var repository = new TestRepository(output, new AgentSettings { Settle = "20ms" }, TemporaryDirectory.Memory);
        var images = new WatchedImages(repository);
        images.Put(Large[0], 120_000_000);
        images.Put(Large[1], 40_000_000);
        images.Put(Large[2], 9_000_000);

        var unfinished = 0;
        for (var round = 0; round < Kills; round++)
        {
            Disturb(images, round);
            if (round % 10 == 9)
                File.Delete(Path.Combine(repository.State, "images.jsonl"));
            await using var agent = repository.Launch();
            await Task.Delay(random.Next(LongestLife / 2));
            // Changes that come while it works.
            Array.ForEach(Large[..(round % (Large.Length + 1))], images.Touch);
            images.Put("Changing.img", random.Next(1, 6_000_000));
            await Task.Delay(random.Next(LongestLife));
            await agent.KillAsync();

            unfinished += images.AreFinished() ? 0 : 1;
            images.AssertWhole();
        }
        output.WriteLine($"seed {seed}; {unfinished} of {Kills} kills came while there was work to do");
        Assert.True(unfinished >= Kills / 2, $"only {unfinished} kills came while there was work to do");

        await using var last = await repository.StartAsync();
        await images.AssertRightAsync(last);
        Assert.DoesNotContain(" fail: ", last.Log);
        Assert.DoesNotContain(" crit: ", last.Log);
    }

    /// <summary>What clients and administrators do between one life of the agent and the next.</summary>
    private static void Disturb(WatchedImages images, int round)
    {
        if (round % 2 == 0)
            images.Put("Coming.img", 300_000 + round);
        else
            images.Delete("Coming.img");
        if (round % 7 == 0)
        {
            var described = $"aula2/described-{round}.img";
            images.Put(described, 1_000_000);
            images.Describe(described, $"model-pc-{round}");
        }
    }
}
