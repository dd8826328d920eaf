using System.Text.RegularExpressions;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Agent.EndToEnd.Web;

/// <summary>Other repositories in the browser: import, export, and how global images stand.</summary>
[Collection(BrowserCollection.Name)]
public sealed class RemoteViewTests(Browser browser, ITestOutputHelper output)
{
    [FactWith(Browser.Program)]
    public async Task Images_come_from_and_go_to_a_repository_of_the_configuration_and_global_ones_are_in_step()
    {
        await using var other = new TestRepository(output);
        other.Write("Debian.img", Contents.Random(70_000));
        await using var campus = await other.StartAsync();
        await campus.SeeAsync("Debian.img is indexed", () => campus.Api.FindReadyAsync("Debian.img"));
        await using var repository = new TestRepository(output, new AgentSettings { More = JobViewTests.RemoteOf(campus) });
        repository.Write("Mine.img", Contents.Random(50_000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("Mine.img is indexed", () => agent.Api.FindReadyAsync("Mine.img"));
        await using var visit = await browser.VisitAsync(agent, "remotes");
        await visit.EnterKeyAsync();

        await Expect(visit.Page.Locator("#remotes tr")).ToContainTextAsync(new Regex("campus2.*agent.*reachable"));
        await visit.DoAsync("import-from-open");
        await Expect(visit.Control("repo")).ToHaveValueAsync("campus2");
        await visit.FillAsync("image", "Debian.img");
        await visit.FillAsync("ou", "aula1");
        await visit.DoAsync("import");
        await visit.ToldAsync("Import: Debian.img: finished");
        Assert.Equal(await File.ReadAllBytesAsync(other["Debian.img"]), await File.ReadAllBytesAsync(repository["aula1/Debian.img"]));

        await visit.GoAsync("images");
        await visit.OpenAsync("Mine.img");
        await visit.DoAsync("export-open");
        await visit.FillAsync("repo", "campus2");
        await visit.DoAsync("export");
        await visit.ToldAsync("Export: Mine.img: finished");
        Assert.Equal(await File.ReadAllBytesAsync(repository["Mine.img"]), await File.ReadAllBytesAsync(other["Mine.img"]));

        await visit.GoAsync("images");
        await visit.OpenAsync("Mine.img");
        await visit.DoAsync("make-global");
        await visit.DoAsync("close");
        await visit.GoAsync("remotes");
        await Expect(visit.Page.Locator("#globals tr")).ToContainTextAsync(new Regex("Mine\\.img.*campus2.*up to date"));
        await campus.KillAsync();
        await visit.DoAsync("ask-remotes");
        await Expect(visit.Page.Locator("#remotes tr")).ToContainTextAsync("\"campus2\" cannot be reached");
    }

    [FactWith(Browser.Program)]
    public async Task An_import_takes_any_address_with_its_key_and_says_why_it_does_not()
    {
        await using var other = new TestRepository(output);
        other.Write("Debian.img", Contents.Random(70_000));
        await using var campus = await other.StartAsync();
        await campus.SeeAsync("Debian.img is indexed", () => campus.Api.FindReadyAsync("Debian.img"));
        await using var repository = new TestRepository(output);
        repository.Write("Debian.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("the one here is indexed", () => agent.Api.FindReadyAsync("Debian.img"));
        await using var visit = await browser.VisitAsync(agent, "remotes");
        visit.Expected = ["status of 400"];
        await visit.EnterKeyAsync();
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("No other repository is configured.");
        await visit.DoAsync("import-any-open");
        await visit.FillAsync("repo", campus.Api.Url.Authority);
        await visit.FillAsync("image", "Debian.img");

        await visit.DoAsync("import");
        var problem = visit.Dialog.Locator(".failed");
        await Expect(problem).ToContainTextAsync("key");
        await visit.DoAsync("more");
        await visit.FillAsync("user", "no body");
        await visit.DoAsync("import");
        await Expect(problem).ToContainTextAsync("no body");
        await visit.FillAsync("user", "");
        await visit.FillAsync("api-key", campus.Api.Key);
        await visit.ChooseAsync("existing", "refuse");
        await visit.DoAsync("import");
        await visit.ClosedAsync();
        await visit.ToldAsync("Import: Debian.img: failed");
        await Expect(visit.Page.Locator("#jobs tr")).ToContainTextAsync("failed");
        Assert.Equal(1000, new FileInfo(repository["Debian.img"]).Length);

        await visit.GoAsync("images");
        await visit.DoAsync("import-open");
        await visit.FillAsync("repo", campus.Api.Url.Authority);
        await visit.FillAsync("image", "Debian.img");
        await visit.DoAsync("more");
        await visit.FillAsync("api-key", campus.Api.Key);
        await visit.DoAsync("import");
        await visit.ToldAsync("Import: Debian.img: finished");
        Assert.Equal(await File.ReadAllBytesAsync(other["Debian.img"]), await File.ReadAllBytesAsync(repository["Debian.img"]));
        Assert.Equal(1000, new FileInfo(repository["Debian.img.ant"]).Length);
        Assert.DoesNotContain(campus.Api.Key, (await agent.Api.GetAsync("ogrepository/v1/jobs")).Text + agent.Log);
    }
}
