using System.Text.Json;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;
using static Agent.EndToEnd.Cli.CliExit;

namespace Agent.EndToEnd.Cli;

/// <summary><c>images show</c>, <c>refresh</c>, <c>delete</c>, <c>restore</c>, <c>global</c> and <c>local</c>.</summary>
public sealed class ImageCommandTests(ITestOutputHelper output)
{
    [FactWith("jq")]
    public async Task Image_is_shown_with_all_that_is_known_of_it()
    {
        await using var repository = new TestRepository(output);
        repository.Write("aula1/Exam.img", Contents.Random(2_000_000));
        repository.Write("aula1/Exam.img.info", "PARTCLONE:LZOP:NTFS:5642158:aula1-pc3\n");
        await using var agent = await repository.StartAsync();
        var image = await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("aula1/Exam.img"));

        var shown = await AgentCommand.AskAsync(agent, "images", "show", "aula1/Exam");
        Assert.Equal((Done, ""), (shown.ExitCode, shown.Errors));
        Assert.Matches(@"(?m)^Image +aula1/Exam\.img *$", shown.Output);
        Assert.Matches(@"(?m)^Size +1\.9 MiB \(2000000 B\) *$", shown.Output);
        Assert.Matches(@"(?m)^Taken from +aula1-pc3 *$", shown.Output);
        Assert.Contains(image.Sha256!, shown.Output);
        Assert.Contains(image.InfoHash!, shown.Output);

        var json = await AgentCommand.AskAsync(agent, "images", "show", "Exam.img", "--json");
        await File.WriteAllBytesAsync(repository.Beside("shown.json"), json.Bytes);
        Assert.Equal([image.FullSum!], await Jq.LinesAsync(repository.Beside("shown.json"), ".fullsum"));
        Assert.Equal((await agent.Api.GetAsync("ogrepository/v1/images/aula1/Exam.img")).Text, json.Output.TrimEnd('\n'));
    }

    [Fact]
    public async Task Image_that_is_not_there_or_not_the_only_one_is_told()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(10));
        repository.Write("aula1/A.dsk", Contents.Random(10));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("both are listed", async () => (await agent.Api.StatusAsync()).Images == 2);

        foreach (var command in (string[])["show", "delete", "global", "local", "restore"])
        {
            var missing = await AgentCommand.AskAsync(agent, "images", command, "nowhere.img");
            Assert.Equal((No, ""), (missing.ExitCode, missing.Output));
            Assert.Contains("\"nowhere.img\"", missing.Errors);
        }
        var ambiguous = await AgentCommand.AskAsync(agent, "images", "delete", "A");
        Assert.Equal(No, ambiguous.ExitCode);
        Assert.Contains("\"aula1/A.dsk\"", ambiguous.Errors);
        Assert.True(File.Exists(repository["A.img"]) && File.Exists(repository["aula1/A.dsk"]));
    }

    [Fact]
    public async Task Refresh_has_the_agent_look_now()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(10));
        await using var agent = await repository.StartAsync();
        repository.Write("B.img", Contents.Random(10));

        var told = await AgentCommand.AskAsync(agent, "images", "refresh");

        Assert.Equal((Done, ""), (told.ExitCode, told.Errors));
        Assert.Matches(@"^2 images are in the catalogue \(revision \d+\)\.\n$", told.Output);
        var json = JsonDocument.Parse((await AgentCommand.AskAsync(agent, "images", "refresh", "--json")).Bytes).RootElement;
        Assert.Equal(2, json.GetProperty("images").GetInt32());
    }

    [Fact]
    public async Task Refresh_of_one_image_tells_how_it_is()
    {
        await using var repository = new TestRepository(output);
        repository.Write("aula1/A.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("aula1/A.img"));

        var told = await AgentCommand.AskAsync(agent, "images", "refresh", "aula1/A");

        Assert.Equal((Done, "\"aula1/A.img\" is in the catalogue: ready.\n"), (told.ExitCode, told.Output));
        Assert.Equal(No, (await AgentCommand.AskAsync(agent, "images", "refresh", "B.img")).ExitCode);
    }

    [Fact]
    public async Task Backups_are_listed_restored_and_removed()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(1000));
        repository.Write("A.img.ant", Contents.Random(2048));
        repository.Write("B.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("both are ready", async () => (await agent.Api.StatusAsync()).Indexed == 2);

        var list = await AgentCommand.AskAsync(agent, "backups");
        Assert.Matches(@"(?m)^ *A\.img +1000 B +2\.0 KiB +2", list.Output);
        Assert.DoesNotContain("B.img", list.Output);
        var json = JsonDocument.Parse((await AgentCommand.AskAsync(agent, "backups", "list", "--json")).Bytes).RootElement;
        Assert.Equal("A.img", Assert.Single(json.GetProperty("images").EnumerateArray()).GetProperty("path").GetString());

        Assert.Equal(No, (await AgentCommand.AskAsync(agent, "backups", "restore", "A.img")).ExitCode);
        Assert.Equal(Usage, (await AgentCommand.AskAsync(agent, "backups", "delete", "A.img")).ExitCode);
        var removed = await AgentCommand.AskAsync(agent, "backups", "delete", "A.img", "--yes");
        Assert.Equal((Done, "The backup of \"A.img\" was removed.\n"), (removed.ExitCode, removed.Output));
        Assert.False(File.Exists(repository["A.img.ant"]));
        Assert.True(File.Exists(repository["A.img"]));
        Assert.Contains("No image has a backup", (await AgentCommand.AskAsync(agent, "backups")).Output);
    }

    [Fact]
    public async Task Deleted_image_comes_back_from_the_trash_by_name_and_by_id()
    {
        await using var repository = new TestRepository(output);
        byte[] first = Contents.Random(1000), second = Contents.Random(2000);
        await using var agent = await repository.StartAsync();

        var ids = new List<string>();
        foreach (var content in (byte[][])[first, second])
        {
            repository.Write("A.img", content);
            await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));
            var deleted = await AgentCommand.AskAsync(agent, "images", "delete", "A.img", "--json");
            Assert.Equal((Done, ""), (deleted.ExitCode, deleted.Errors));
            Assert.False(File.Exists(repository["A.img"]));
            ids.Add(JsonDocument.Parse(deleted.Bytes).RootElement.GetProperty("trash_id").GetString()!);
        }
        var ambiguous = await AgentCommand.AskAsync(agent, "images", "restore", "A.img");
        var older = await AgentCommand.AskAsync(agent, "images", "restore", ids[0]);
        var content1 = await File.ReadAllBytesAsync(repository["A.img"]);
        var inTheWay = await AgentCommand.AskAsync(agent, "trash", "restore", "A.img");
        await AgentCommand.AskAsync(agent, "images", "delete", "A", "--permanent", "--yes");
        var newer = await AgentCommand.AskAsync(agent, "trash", "restore", "A.img");

        Assert.Equal(No, ambiguous.ExitCode);
        Assert.All(ids, id => Assert.Contains(id, ambiguous.Errors));
        Assert.Equal((Done, "\"A.img\" was restored.\n"), (older.ExitCode, older.Output));
        Assert.Equal(first, content1);
        Assert.Equal(No, inTheWay.ExitCode);
        Assert.Contains("already", inTheWay.Errors);
        Assert.Equal((Done, ""), (newer.ExitCode, newer.Errors));
        Assert.Equal(second, await File.ReadAllBytesAsync(repository["A.img"]));
        Assert.Equal("The trash is empty.\n", (await AgentCommand.AskAsync(agent, "trash")).Output);
    }

    [Fact]
    public async Task Nothing_is_deleted_for_good_unless_it_was_confirmed()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(3000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));

        var asked = await AgentCommand.AskAsync(agent, "images", "delete", "A", "--permanent");
        var there = File.Exists(repository["A.img"]);
        var told = await AgentCommand.AskAsync(agent, "images", "delete", "A", "--permanent", "--yes");

        Assert.Equal((Usage, ""), (asked.ExitCode, asked.Output));
        Assert.Contains("Delete \"A.img\" (2.9 KiB) for good?", asked.Errors);
        Assert.Contains("--yes", asked.Errors);
        Assert.True(there);
        Assert.Equal((Done, "\"A.img\" was deleted for good.\n"), (told.ExitCode, told.Output));
        Assert.False(File.Exists(repository["A.img"]));
        Assert.Equal("The trash is empty.\n", (await AgentCommand.AskAsync(agent, "trash")).Output);
    }

    [Fact]
    public async Task Locked_image_stays()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(10));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));
        repository.Write("A.img.lock", "");

        var told = await AgentCommand.AskAsync(agent, "images", "delete", "A.img");

        Assert.Equal((No, ""), (told.ExitCode, told.Output));
        Assert.Contains("locked", told.Errors);
        Assert.True(File.Exists(repository["A.img"]));
    }

    [Fact]
    public async Task Backup_takes_the_place_of_its_deleted_image_or_goes_with_it()
    {
        await using var repository = new TestRepository(output);
        var previous = Contents.Random(10);
        repository.Write("A.img", Contents.Random(20));
        repository.Write("A.img.ant", previous);
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));

        var tooEarly = await AgentCommand.AskAsync(agent, "images", "restore", "--backup", "A.img");
        await AgentCommand.AskAsync(agent, "images", "delete", "A.img");
        var restored = await AgentCommand.AskAsync(agent, "images", "restore", "--backup", "A.img");
        var content = await File.ReadAllBytesAsync(repository["A.img"]);
        var none = await AgentCommand.AskAsync(agent, "images", "restore", "--backup", "A.img");
        repository.Write("A.img.ant", previous);
        await agent.SeeAsync("it is ready again", () => agent.Api.FindReadyAsync("A.img"));
        var both = await AgentCommand.AskAsync(agent, "images", "delete", "A.img", "--backup");

        Assert.Equal(No, tooEarly.ExitCode);
        Assert.Equal((Done, ""), (restored.ExitCode, restored.Errors));
        Assert.Equal(previous, content);
        Assert.Equal(No, none.ExitCode);
        Assert.Contains("no backup", none.Errors);
        Assert.Equal((Done, ""), (both.ExitCode, both.Errors));
        Assert.False(File.Exists(repository["A.img.ant"]));
    }

    [Theory]
    [InlineData("global")]
    [InlineData("local")]
    public async Task Scope_of_an_image_is_set(string scope)
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(10));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));

        var told = await AgentCommand.AskAsync(agent, "images", scope, "A.img");

        Assert.Equal((Done, $"\"A.img\" is {scope} now.\n", ""), (told.ExitCode, told.Output, told.Errors));
        Assert.Equal(scope, (await agent.Api.FindAsync("A.img"))!.Scope);
    }
}
