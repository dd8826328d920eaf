using System.Text.Json;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;
using static Agent.EndToEnd.Cli.CliExit;

namespace Agent.EndToEnd.Cli;

/// <summary><c>check</c> and <c>torrent</c>.</summary>
public sealed class CheckCommandTests(ITestOutputHelper output)
{
    private const int PieceLength = 4 << 20;
    private const int ImageLength = 2 * PieceLength + 1000;

    [Fact]
    public async Task Good_image_passes()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await StartAsync(repository);

        var told = await AgentCommand.AskAsync(agent, "check", "A.img");
        Assert.Equal((Done, "\"A.img\" is what its sums and its torrent say.\n"), (told.ExitCode, told.Output));
        // Into a pipe, progress is plain lines.
        Assert.Matches(@"^(A\.img: check (WAITING|RUNNING|FINISHED)(, \d+ %)?(, \d[^\n]*)?\n)+$", told.Errors);
        Assert.Contains("A.img: check FINISHED, 100 %, 8.0 MiB of 8.0 MiB", told.Errors);

        var json = await AgentCommand.AskAsync(agent, "check", "A.img", "--full", "--json");
        Assert.Equal((Done, ""), (json.ExitCode, json.Errors));
        var check = JsonDocument.Parse(json.Bytes).RootElement;
        Assert.Equal(("OK", true), (check.GetProperty("result").GetString(), check.GetProperty("full").GetBoolean()));
        Assert.Equal((await ReferenceDigests.OfAsync(repository["A.img"])).FullSum, check.GetProperty("fullsum").GetString());
    }

    [Fact]
    public async Task Damaged_image_fails_and_its_bad_pieces_are_listed_by_their_bytes()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await StartAsync(repository);
        await RotAsync(repository, "A.img", PieceLength + 5, ImageLength - 1);

        var told = await AgentCommand.AskAsync(agent, "check", "A.img");
        Assert.Equal(No, told.ExitCode);
        Assert.Contains("\"A.img\" is damaged", told.Output);
        Assert.Contains("2 of 3 pieces are not what .torrent says", told.Output);
        Assert.Matches($@"(?m)^ *1 +{PieceLength} +{2 * PieceLength - 1} *$", told.Output);
        Assert.Matches($@"(?m)^ *2 +{2 * PieceLength} +{ImageLength - 1} *$", told.Output);

        var json = await AgentCommand.AskAsync(agent, "check", "A.img", "--json");
        Assert.Equal((No, ""), (json.ExitCode, json.Errors));
        var pieces = JsonDocument.Parse(json.Bytes).RootElement.GetProperty("bad_pieces").EnumerateArray();
        Assert.Equal([PieceLength, 2L * PieceLength], pieces.Select(piece => piece.GetProperty("first").GetInt64()));
    }

    [Fact]
    public async Task Damaged_image_is_repaired_from_another_agent()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await StartAsync(repository);
        await using var elsewhere = new TestRepository(output);
        elsewhere.Copy(repository["A.img"], "A.img");
        await using var other = await elsewhere.StartAsync();
        await other.SeeAsync("it is ready", () => other.Api.FindReadyAsync("A.img"));
        var good = await ReferenceDigests.OfAsync(repository["A.img"]);
        await RotAsync(repository, "A.img", PieceLength + 5);

        var without = await AgentCommand.AskAsync(agent, "repair", "A.img");
        var noUrl = await AgentCommand.AskAsync(agent, "repair", "A.img", "--from", "over there");
        var repaired = await AgentCommand.AskAsync(agent, "repair", "A.img", "--from", other.Api.UrlOf("images/A.img"));

        Assert.Equal(No, without.ExitCode);
        Assert.Matches($@"(?m)^ *1 +{PieceLength} +{2 * PieceLength - 1} +bad *$", without.Output);
        Assert.Equal((Usage, ""), (noUrl.ExitCode, noUrl.Output));
        Assert.True(repaired.ExitCode == Done, repaired.Output + repaired.Errors);
        Assert.Contains("\"A.img\" is right again; pieces repaired: 1.", repaired.Output);
        Assert.Equal(good, await ReferenceDigests.OfAsync(repository["A.img"]));
    }

    [Fact]
    public async Task Image_without_a_torrent_to_come_is_told()
    {
        await using var repository = new TestRepository(output);
        repository.Write("empty.img", "");
        await using var agent = await StartAsync(repository);
        await agent.SeeAsync("it is listed", () => agent.Api.FindAsync("empty.img"));

        var empty = await AgentCommand.AskAsync(agent, "torrent", "empty.img");
        var missing = await AgentCommand.AskAsync(agent, "torrent", "nowhere.img");
        var made = await AgentCommand.AskAsync(agent, "torrent", "A.img");
        var json = await AgentCommand.AskAsync(agent, "torrent", "A.img", "--json");

        Assert.Equal((No, ""), (empty.ExitCode, empty.Output));
        Assert.Contains("\"empty.img\" is empty", empty.Errors);
        Assert.Equal((No, ""), (missing.ExitCode, missing.Output));
        Assert.Equal((Done, agent.Api.UrlOf("torrents/A.img.torrent") + "\n"), (made.ExitCode, made.Output));
        Assert.Equal("FINISHED", JsonDocument.Parse(json.Bytes).RootElement.GetProperty("state").GetString());
        Assert.Equal(
            await File.ReadAllBytesAsync(repository["A.img.torrent"]), (await agent.Api.GetAsync(new Uri(made.Output.Trim()).AbsolutePath.TrimStart('/'))).Body);
    }

    [Fact]
    public async Task Interrupted_check_goes_on_in_the_agent()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();
        await LongWork.AddAsync(repository, agent, "long.img");

        await using var check = new RunningCommand(agent, "check", "long.img");
        await check.SeeAsync("check RUNNING");
        check.PressControlC();
        var ended = await check.EndAsync();

        Assert.Equal((Interrupted, ""), (ended.ExitCode, ended.Output));
        Assert.Contains("goes on: \"ogrepo-agent jobs watch ", ended.Errors);
        var job = JsonDocument.Parse((await AgentCommand.AskAsync(agent, "jobs", "--json")).Bytes).RootElement.GetProperty("jobs")[0];
        Assert.Equal("RUNNING", job.GetProperty("state").GetString());
    }

    /// <summary>The job is durable, and nothing depends on one long answer.</summary>
    [Fact]
    public async Task Check_is_waited_for_through_a_restart_of_the_agent()
    {
        await using var repository = new TestRepository(output, new AgentSettings { Listen = new AgentSettings().Tracker });
        await using var agent = await repository.StartAsync();
        await LongWork.AddAsync(repository, agent, "long.img");
        await using var check = new RunningCommand(agent, "check", "long.img");
        await check.SeeAsync("check RUNNING");

        await agent.KillAsync();
        await using var next = await repository.StartAsync();
        var id = JsonDocument.Parse((await AgentCommand.AskAsync(next, "jobs", "--json")).Bytes).RootElement.GetProperty("jobs")[0].GetProperty("id").GetString()!;
        Assert.Equal(Done, (await AgentCommand.AskAsync(next, "jobs", "cancel", id)).ExitCode);
        var ended = await check.EndAsync();

        Assert.Equal((No, ""), (ended.ExitCode, ended.Output));
        Assert.Contains($"Job {id} (check) was cancelled.", ended.Errors);
    }

    private static async Task<AgentProcess> StartAsync(TestRepository repository)
    {
        var image = repository.Write("A.img", Contents.Random(ImageLength));
        // A time that .NET can set again exactly: it counts in tenths of microseconds.
        File.SetLastWriteTimeUtc(image, new DateTime(2024, 5, 17, 12, 0, 0, DateTimeKind.Utc));
        var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));
        return agent;
    }

    /// <summary>
    /// Changes bytes as a disk would: by a name outside the watched directory, so that no event tells of it, and no time in the end.
    /// </summary>
    private static async Task RotAsync(TestRepository repository, string relative, params long[] places)
    {
        var other = repository.Beside("another-name");
        var modified = File.GetLastWriteTimeUtc(repository[relative]);
        await ExternalProgram.RunAsync("ln", repository[relative], other);
        using (var image = File.OpenHandle(other, FileMode.Open, FileAccess.ReadWrite))
        {
            foreach (var place in places)
            {
                var rotten = new byte[1];
                RandomAccess.Read(image, rotten, place);
                RandomAccess.Write(image, [(byte)~rotten[0]], place);
            }
        }
        File.SetLastWriteTimeUtc(other, modified);
        File.Delete(other);
    }
}
