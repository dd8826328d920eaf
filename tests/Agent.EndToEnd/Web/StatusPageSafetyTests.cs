using Agent.EndToEnd.Support;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Agent.EndToEnd.Web;

/// <summary>The page with hostile names, and with very many images.</summary>
[Collection(BrowserCollection.Name)]
public sealed class StatusPageSafetyTests(Browser browser, ITestOutputHelper output)
{
    private const int Many = 5_000;
    private const string Markup = "main img, main svg, main script, main b, dialog img, dialog svg, dialog b, #notices img, #notices svg";

    private static readonly string[] Hostile =
        ["<img src=x onerror=alert(1)>.img", "\"><svg onload=alert(2)>.img", "<b>bold<b>/<script>alert(3)<script>.img", "${alert(4)}'`%22&lt;#?.img"];

    /// <summary>Directory images, which have no extension, and so may be called like a word of the page or of its language.</summary>
    private static readonly string[] LikeWords = ["trash", "constructor", "__proto__"];

    [FactWith(Browser.Program)]
    public async Task Hostile_names_stay_text_wherever_they_are_shown()
    {
        await using var repository = new TestRepository(output);
        foreach (var name in Hostile)
            repository.Write(name, Contents.Random(1000));
        foreach (var name in LikeWords)
            repository.Write($"{name}/ogimg.info", "");
        await using var agent = await repository.StartAsync();
        foreach (var name in Hostile)
            await agent.SeeAsync("it is indexed", () => agent.Api.FindReadyAsync(name));
        await using var visit = await browser.VisitAsync(agent, "images");
        await visit.EnterKeyAsync();
        await Expect(visit.Rows).ToHaveCountAsync(Hostile.Length + LikeWords.Length);
        foreach (var name in LikeWords)
            await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).And(visit.Page.Locator("#rows button"))).ToHaveCountAsync(1);

        foreach (var name in Hostile)
        {
            await visit.OpenAsync(name);
            await Expect(visit.Dialog.Locator("h2")).ToHaveTextAsync(name);
            foreach (var opener in (string[])["send-open", "export-open", "repair-any"])
            {
                await visit.DoAsync(opener);
                await visit.ClosedAsync(left: 2);
                await Expect(visit.Dialog.Last.Locator("h2")).ToContainTextAsync(name);
                await visit.DoAsync("close");
                await visit.ClosedAsync(left: 1);
            }
            await visit.DoAsync("check");
            await visit.ToldAsync($"Check: {name}: finished");
            await visit.DoAsync("delete-open");
            await visit.DoAsync("delete-do");
            await visit.ClosedAsync();
            await visit.ToldAsync($"{name}: moved to the trash");
        }
        await visit.GoAsync("jobs");
        await Expect(visit.Page.Locator("#jobs tr")).ToHaveCountAsync(Hostile.Length);
        await Expect(visit.Page.Locator("#jobs td:nth-child(2)")).ToHaveTextAsync(Enumerable.Reverse(Hostile).ToArray());
        await visit.DoAsync("log");
        await Expect(visit.Dialog.Locator("h2")).ToContainTextAsync(Hostile[0]);
        await visit.DoAsync("close");
        await visit.GoAsync("trash");
        await Expect(visit.Page.Locator("#trash tr")).ToHaveCountAsync(Hostile.Length);
        foreach (var name in Hostile)
            await Expect(visit.Page.Locator("#trash td", new() { HasText = name })).ToHaveCountAsync(1);
        await Expect(visit.Page.Locator(Markup)).ToHaveCountAsync(0);
    }

    [FactWith(Browser.Program)]
    public async Task What_another_repository_answers_stays_text_too()
    {
        const string sentence = "<img src=x onerror=alert(5)><svg onload=alert(6)>";
        using var other = new RefusingAgent(sentence);
        await using var repository = new TestRepository(output, new AgentSettings { More = $"[[remote]]\nname = \"campus2\"\nurl = \"{other.Url}\"\n" });
        repository.Write("A.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is indexed", () => agent.Api.FindReadyAsync("A.img"));
        await using var visit = await browser.VisitAsync(agent, "remotes");
        visit.Expected = ["status of 400"];
        await visit.EnterKeyAsync();

        await Expect(visit.Page.Locator("#remotes tr")).ToContainTextAsync(sentence);
        await visit.DoAsync("import-from-open");
        await visit.FillAsync("image", "<b>x<b>.img");
        await visit.DoAsync("import");
        await Expect(visit.Dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync(sentence);
        await visit.DoAsync("dismiss");
        await visit.GoAsync("images");
        await visit.OpenAsync("A.img");
        await visit.DoAsync("make-global");
        await visit.DoAsync("close");
        await visit.GoAsync("remotes");
        await Expect(visit.Page.Locator("#globals tr")).ToContainTextAsync(sentence);
        await Expect(visit.Page.Locator(Markup)).ToHaveCountAsync(0);
    }

    [FactWith(Browser.Program)]
    public async Task Five_thousand_images_are_few_rows_of_which_the_right_ones_are_shown()
    {
        await using var repository = new TestRepository(output);
        for (var i = 0; i < Many; i++)
            repository.Write($"Image{i:D4}.img", [1]);
        await using var agent = await repository.StartAsync();
        await using var visit = await browser.VisitAsync(agent, "images");
        await visit.EnterKeyAsync();
        var (list, count) = (visit.Page.Locator("#images"), visit.Page.Locator("#count"));
        await Expect(count).ToContainTextAsync("5,000 / 5,000");

        foreach (var (part, first) in new[] { (0.0, 0), (0.5, Many / 2), (1.0, Many - 1), (0.25, Many / 4) })
        {
            await list.EvaluateAsync("(list, part) => list.scrollTop = part * 44 * 5000", part);
            var row = visit.Page.GetByRole(AriaRole.Button, new() { Name = $"Image{first:D4}.img", Exact = true });
            await Expect(row).ToBeInViewportAsync();
            await Expect(visit.Rows.Filter(new() { Has = row })).ToHaveAttributeAsync("aria-rowindex", $"{first + 2}");
            Assert.InRange(await visit.Rows.CountAsync(), 10, 60);
        }
        await visit.FillAsync("search", "image499");
        await Expect(count).ToContainTextAsync("10 / 5,000");
        await Expect(visit.Rows).ToHaveCountAsync(10);
    }
}
