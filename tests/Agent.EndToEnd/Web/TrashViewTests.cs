using Agent.EndToEnd.Support;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Agent.EndToEnd.Web;

/// <summary>Deleted images, in the browser.</summary>
[Collection(BrowserCollection.Name)]
public sealed class TrashViewTests(Browser browser, ITestOutputHelper output)
{
    [FactWith(Browser.Program)]
    public async Task One_comes_back_one_is_erased_and_the_others_go_when_the_trash_is_emptied()
    {
        await using var repository = new TestRepository(output);
        var content = Contents.Random(2000);
        foreach (var name in (string[])["A.img", "B.img", "C.img", "aula1/D.img"])
            repository.Write(name, content);
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("all are indexed", async () => (await agent.Api.StatusAsync()).Indexed == 4);
        foreach (var name in (string[])["A.img", "B.img", "C.img", "aula1/D.img"])
            Assert.Equal(200, (await agent.Api.SendAsync(HttpMethod.Delete, AgentApi.PathOf("ogrepository/v1/images", name))).Status);
        await using var visit = await browser.VisitAsync(agent, "trash");
        await visit.EnterKeyAsync();
        var rows = visit.Page.Locator("#trash tr");
        await Expect(rows).ToHaveCountAsync(4);
        await Expect(visit.Page.Locator("main .bar").First).ToContainTextAsync("Images: 4 · 7.8 KiB");

        await visit.DoAsync("restore", rows.Filter(new() { HasText = "A.img" }));
        await visit.ToldAsync("Restored.");
        await Expect(rows).ToHaveCountAsync(3);
        Assert.Equal(content, await File.ReadAllBytesAsync(repository["A.img"]));
        await visit.DoAsync("erase-open", rows.Filter(new() { HasText = "B.img" }));
        await Expect(visit.Dialog).ToContainTextAsync("Erase this image for good?");
        await visit.DoAsync("erase");
        await visit.ClosedAsync();
        await Expect(rows).ToHaveCountAsync(2);
        await visit.DoAsync("trash-empty-open");
        await visit.DoAsync("trash-empty");

        await visit.ClosedAsync();
        await Expect(visit.Page.Locator(".empty")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".empty")).ToHaveTextAsync("The trash is empty.");
        Assert.DoesNotContain("\"id\"", (await agent.Api.GetAsync("ogrepository/v1/trash/images")).Text);
        Assert.Empty(Directory.EnumerateFiles(repository.Images + "_trash", "*.img", SearchOption.AllDirectories));
    }
}
