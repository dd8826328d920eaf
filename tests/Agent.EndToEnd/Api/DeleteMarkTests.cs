using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Api;

/// <summary>Delete marks of OpenGnsys' web console, in place of the cron job <c>deletepreimage</c>.</summary>
public sealed class DeleteMarkTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_marked_image_goes_to_the_trash_once_it_is_not_locked()
    {
        await using var repository = new TestRepository(output);
        var marks = Directory.CreateDirectory(repository.Beside("marks")).FullName;
        repository.Settings = repository.Settings with { More = $"[trash]\ndelete_marks = \"{marks}\"" };
        repository.Write("aula1/A.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("aula1/A.img"));
        var mark = Path.Combine(marks, "aula1:A.img.delete");

        repository.Write("aula1/A.img.lock", "");
        await File.WriteAllTextAsync(mark, "");
        await agent.SeeLoggedAsync("stays and is tried again");
        Assert.True(File.Exists(repository["aula1/A.img"]) && File.Exists(mark));

        File.Delete(repository["aula1/A.img.lock"]);
        await agent.SeeAsync("the mark is carried out", () => Task.FromResult(!File.Exists(mark)));
        Assert.False(File.Exists(repository["aula1/A.img"]));
        Assert.Contains("aula1/A.img", (await agent.Api.GetAsync("ogrepository/v1/trash/images")).Text);
    }
}
