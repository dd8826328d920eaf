using System.Text.RegularExpressions;
using Agent.EndToEnd.Cli;
using Agent.EndToEnd.Indexing;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Agent.EndToEnd.Web;

/// <summary>What can be done with an image, each time seen in the image directory or the API too.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ImageActionTests(Browser browser, ITestOutputHelper output)
{
    [FactWith(Browser.Program, "touch")]
    public async Task Rot_is_found_by_a_check_told_in_red_and_repaired()
    {
        await using var repository = new TestRepository(output);
        var content = Contents.Random(9_000_000);
        var path = repository.Write("A.img", content);
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));
        await agent.Api.SendAsync(HttpMethod.Delete, "ogrepository/v1/images/A.img");
        repository.Write("A.img", content);
        await agent.SeeAsync("it is ready again", () => agent.Api.FindReadyAsync("A.img"));
        await using var visit = await browser.VisitAsync(agent, "images");
        visit.Expected = ["status of 400"];
        await visit.EnterKeyAsync();
        await visit.OpenAsync("A.img");

        await Rot.FlipAsync(path, [100, 8_500_000]);
        await visit.DoAsync("check-full");
        await visit.ToldAsync("Check with MD5: A.img: finished. ");
        await Expect(visit.Dialog.Locator("dl")).ToContainTextAsync(new Regex("damaged.*Bad pieces0,2"));
        await Expect(visit.Page.Locator(".notice.bad")).ToContainTextAsync("A.img: finished");
        await visit.DoAsync("repair");
        await visit.DoAsync("repair-do");

        await visit.ToldAsync("Repair: A.img: finished");
        await Expect(visit.Control("repair-any")).ToBeVisibleAsync();
        await Expect(visit.Dialog.Locator("dl")).Not.ToContainTextAsync("damaged");
        Assert.Equal(content, await File.ReadAllBytesAsync(path));
        await visit.DoAsync("repair-any");
        await visit.FillAsync("source", "no address");
        await visit.DoAsync("repair-do");
        await Expect(visit.Dialog.Last).ToContainTextAsync("source \"no address\" is not a URL");
    }

    [FactWith(Browser.Program)]
    public async Task An_image_that_waits_to_be_indexed_is_looked_at_and_its_torrent_asked_for()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();
        await LongWork.AddAsync(repository, agent, "Endless.img");
        await using var visit = await browser.VisitAsync(agent);
        await Expect(visit.Page.Locator("#backlog")).ToContainTextAsync(new Regex("Endless\\.img.*GiB.*[1-9].*iB/s"));
        await visit.EnterKeyAsync();
        await visit.GoAsync("images");
        await visit.OpenAsync("Endless.img");

        await visit.DoAsync("torrent");
        await visit.ToldAsync("Make torrent: Endless.img: has begun");
        await visit.DoAsync("look");
        await visit.ToldAsync("Looked at");
        await visit.DoAsync("close");
        await visit.DoAsync("look-all");
        await visit.GoAsync("jobs");
        await Expect(visit.Page.Locator("#jobs tr")).ToHaveCountAsync(2);
        await Expect(visit.Page.Locator("#jobs tr").First).ToContainTextAsync(new Regex("torrent.*Endless\\.img.*running"));
        Assert.Equal(2, Regex.Count((await agent.Api.GetAsync("ogrepository/v1/jobs?kind=create-torrent&state=RUNNING")).Text, "create-torrent"));
    }

    [FactWith(Browser.Program)]
    public async Task Its_scope_is_changed_and_changed_back()
    {
        await using var repository = new TestRepository(output);
        repository.Write("aula1/A.img", Contents.Random(2000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is indexed", () => agent.Api.FindReadyAsync("aula1/A.img"));
        await using var visit = await browser.VisitAsync(agent, "images");
        await visit.EnterKeyAsync();
        await visit.OpenAsync("aula1/A.img");

        await visit.DoAsync("make-global");
        await Expect(visit.Control("make-local")).ToBeVisibleAsync();
        Assert.Equal("global", (await agent.Api.FindAsync("aula1/A.img"))!.Scope);
        await visit.DoAsync("make-local");
        await Expect(visit.Control("make-global")).ToBeVisibleAsync();
        Assert.Equal("local", (await agent.Api.FindAsync("aula1/A.img"))!.Scope);
    }

    [FactWith(Browser.Program)]
    public async Task It_goes_to_the_trash_only_when_that_is_confirmed_or_is_erased_with_its_backup()
    {
        await using var repository = new TestRepository(output);
        repository.Write("aula1/A.img", Contents.Random(2000));
        repository.Write("B.img", Contents.Random(2000));
        repository.Write("B.img.ant", Contents.Random(2000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("both are indexed", async () => (await agent.Api.StatusAsync()).Indexed == 2);
        await using var visit = await browser.VisitAsync(agent, "images");
        await visit.EnterKeyAsync();

        await visit.OpenAsync("aula1/A.img");
        await visit.DoAsync("delete-open");
        await visit.DoAsync("dismiss");
        await visit.ClosedAsync(left: 1);
        Assert.True(File.Exists(repository["aula1/A.img"]));
        await visit.DoAsync("delete-open");
        await visit.DoAsync("delete-do");
        await visit.ClosedAsync();
        await visit.OpenAsync("B.img");
        await visit.DoAsync("delete-open");
        await visit.ChooseAsync("method", "permanent");
        await visit.Control("with-backup").CheckAsync();
        await visit.DoAsync("delete-do");
        await visit.ClosedAsync();

        Assert.Empty(Directory.EnumerateFiles(repository.Images, "*.img*", SearchOption.AllDirectories));
        await visit.GoAsync("trash");
        await Expect(visit.Page.Locator("#trash tr")).ToHaveCountAsync(1);
        await Expect(visit.Page.Locator("#trash tr")).ToContainTextAsync("aula1/A.img");
    }

    [FactWith(Browser.Program)]
    public async Task A_backup_takes_the_place_of_its_image_or_is_removed()
    {
        await using var repository = new TestRepository(output);
        var (old, bad) = (Contents.Random(3000), Contents.Random(2000));
        repository.Write("A.img", bad);
        repository.Write("A.img.ant", old);
        repository.Write("B.img", bad);
        repository.Write("B.img.ant", old);
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("both are indexed", async () => (await agent.Api.StatusAsync()).Indexed == 2);
        await using var visit = await browser.VisitAsync(agent, "images");
        await visit.EnterKeyAsync();

        await visit.OpenAsync("A.img");
        await Expect(visit.Dialog.Locator("dl")).ToContainTextAsync("Backup of the version before2.9 KiB");
        await visit.DoAsync("backup-open");
        await visit.DoAsync("backup-restore");
        await visit.ToldAsync("The backup has taken its place.");
        Assert.Equal(old, await File.ReadAllBytesAsync(repository["A.img"]));
        await visit.GoAsync("trash");
        await Expect(visit.Page.Locator("#trash tr")).ToContainTextAsync("A.img");

        await visit.GoAsync("images");
        await visit.OpenAsync("B.img");
        await visit.DoAsync("backup-remove-open");
        await visit.DoAsync("backup-remove");
        await visit.ToldAsync("The backup is gone.");
        await Expect(visit.Dialog.Locator("dl")).ToContainTextAsync("Backup of the version beforeno");
        Assert.Equal((false, true), (File.Exists(repository["B.img.ant"]), File.Exists(repository["B.img"])));
    }
}
