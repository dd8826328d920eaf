using System.Text.RegularExpressions;
using Agent.EndToEnd.Support;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Agent.EndToEnd.Web;

/// <summary>What the page shows, to whom, in a real browser on a real agent.</summary>
[Collection(BrowserCollection.Name)]
public sealed class StatusPageTests(Browser browser, ITestOutputHelper output)
{
    [FactWith(Browser.Program)]
    public async Task The_overview_is_for_everyone_and_lists_are_for_those_with_the_key()
    {
        await using var repository = new TestRepository(output);
        repository.Write("Windows.img", Contents.Random(3000));
        await using var agent = await repository.StartAsync();
        await using var visit = await browser.VisitAsync(agent);
        visit.Expected = ["status of 401"];

        await Expect(visit.Page.Locator("#card-images .figure")).ToHaveTextAsync("1");
        await Expect(visit.Page.Locator("#card-disk")).ToContainTextAsync("free of");
        await Expect(visit.Page.Locator("#version")).ToHaveTextAsync((await agent.Api.StatusAsync()).Version);
        await visit.GoAsync("images");
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("Enter the API key to see this.");

        await visit.EnterKeyAsync("a wrong key");
        await Expect(visit.Dialog).ToContainTextAsync("This key is not right.");
        await visit.FillAsync("key", "another-wrong-key");
        await visit.DoAsync("key-accept");
        await Expect(visit.Dialog).ToContainTextAsync("This key is not right.");
        await visit.DoAsync("dismiss");
        await visit.DoAsync("enter-key");
        await visit.FillAsync("key", agent.Api.Key);
        await visit.DoAsync("key-accept");
        await Expect(visit.Rows).ToHaveCountAsync(1);

        await visit.Page.ReloadAsync();
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("Enter the API key to see this.");
        Assert.Equal("0 0 ", await visit.Page.EvaluateAsync<string>("`${localStorage.length} ${sessionStorage.length} ${document.cookie}`"));
    }

    [FactWith(Browser.Program)]
    public async Task Images_are_searched_sorted_and_shown_with_all_that_is_known()
    {
        await using var repository = new TestRepository(output);
        foreach (var (name, bytes) in new[] { ("Beta.img", 20_000), ("alpha.img", 30_000), ("aula1/Gamma.img", 10_000) })
            repository.Write(name, Contents.Random(bytes));
        await using var agent = await repository.StartAsync();
        var gamma = await agent.SeeAsync("Gamma is indexed", () => agent.Api.FindReadyAsync("aula1/Gamma.img"));
        await Peers.AnnounceAsync(agent, gamma.InfoHash!);
        await using var visit = await browser.VisitAsync(agent, "images");
        await visit.EnterKeyAsync();

        var size = visit.Page.Locator("th", new() { HasText = "Size" });
        await Expect(visit.Rows.Locator("td:first-child")).ToHaveTextAsync(["alpha.img", "aula1/Gamma.img", "Beta.img"]);
        await visit.DoAsync("sort", size);
        await Expect(visit.Rows.Locator("td:first-child")).ToHaveTextAsync(["aula1/Gamma.img", "Beta.img", "alpha.img"]);
        await visit.DoAsync("sort", size);
        await Expect(visit.Rows.Locator("td:first-child")).ToHaveTextAsync(["alpha.img", "Beta.img", "aula1/Gamma.img"]);
        await Expect(visit.Page.Locator("th[aria-sort=descending]")).ToHaveTextAsync("Size");
        await visit.ChooseAsync("states", "damaged");
        await Expect(visit.Page.Locator("#count")).ToHaveTextAsync("No image fits.");
        await visit.ChooseAsync("states", "good");
        await visit.FillAsync("search", gamma.FullSum![..12]);
        await Expect(visit.Rows).ToHaveCountAsync(1);
        await visit.FillAsync("search", "GAMMA");
        await Expect(visit.Rows).ToHaveCountAsync(1);
        await Expect(visit.Rows.Locator(".digest")).ToHaveTextAsync(gamma.FullSum![..8]);
        await Expect(visit.Rows.Locator("td").Last).ToHaveTextAsync("here · 1 complete · 0 loading");

        await visit.Rows.GetByRole(AriaRole.Button).FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        foreach (var known in (string[])[gamma.FullSum!, gamma.Sum!, gamma.Sha256!, gamma.InfoHash!, "aula1", "127.0.0.1:50001 (complete)"])
            await Expect(visit.Dialog).ToContainTextAsync(known);
        await visit.Page.Keyboard.PressAsync("Escape");
        await Expect(visit.Dialog).ToHaveCountAsync(0);

        await visit.FillAsync("search", "");
        repository.Write("New.img", Contents.Random(500));
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "New.img" })).ToBeVisibleAsync();
    }

    [FactWith(Browser.Program)]
    public async Task What_is_published_is_shown_to_everyone()
    {
        await using var repository = new TestRepository(output);
        repository.Write("aula1/A.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("the images are published", async () => (await agent.Api.GetAsync("cvmfs/info/v1/repositories.json")).Text.Contains("aula1", StringComparison.Ordinal));
        await using var visit = await browser.VisitAsync(agent, "repository");

        var repositories = visit.Page.Locator("#repositories section");
        await Expect(repositories).ToHaveCountAsync(2);
        await Expect(repositories.Filter(new() { HasText = "aula1.images." })).ToContainTextAsync(new Regex("Revision[1-9].*Published"));
    }
}
