using System.Net;
using System.Text.RegularExpressions;
using Agent.EndToEnd.Support;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Agent.EndToEnd.Web;

/// <summary>Every view and every action of the page, in a real browser on a real agent.</summary>
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
        visit.Expected = "status of 401";

        await Expect(visit.Page.Locator("#card-images .figure")).ToHaveTextAsync("1");
        await Expect(visit.Page.Locator("#card-disk")).ToContainTextAsync("free of");
        await Expect(visit.Page.Locator("#version")).ToHaveTextAsync((await agent.Api.StatusAsync()).Version);
        await visit.GoAsync("images");
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("Enter the API key to see this.");

        await visit.EnterKeyAsync("a wrong key");
        await Expect(visit.Dialog).ToContainTextAsync("This key is not right.");
        await visit.Page.Locator("#key").FillAsync("another-wrong-key");
        await visit.Choice("OK").ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync("This key is not right.");
        await visit.Choice("Cancel").ClickAsync();
        await visit.EnterKeyAsync();
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
        await AnnounceAsync(await agent.Api.StatusAsync(), gamma.InfoHash!);
        await using var visit = await browser.VisitAsync(agent, "images");
        await visit.EnterKeyAsync();

        await Expect(visit.Rows.Locator("td:first-child")).ToHaveTextAsync(["alpha.img", "aula1/Gamma.img", "Beta.img"]);
        await visit.Button("Size").ClickAsync();
        await Expect(visit.Rows.Locator("td:first-child")).ToHaveTextAsync(["aula1/Gamma.img", "Beta.img", "alpha.img"]);
        await visit.Button("Size").ClickAsync();
        await Expect(visit.Rows.Locator("td:first-child")).ToHaveTextAsync(["alpha.img", "Beta.img", "aula1/Gamma.img"]);
        await Expect(visit.Page.Locator("th[aria-sort=descending]")).ToHaveTextAsync("Size");
        await visit.Page.Locator("#search").FillAsync("GAMMA");
        await Expect(visit.Rows).ToHaveCountAsync(1);
        await Expect(visit.Rows.Locator("td").Last).ToHaveTextAsync("here · 1 complete · 0 loading");

        await visit.Rows.GetByRole(AriaRole.Button).FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        foreach (var known in (string[])[gamma.FullSum!, gamma.Sum!, gamma.Sha256!, gamma.InfoHash!, "aula1", "127.0.0.1:50001 (complete)"])
            await Expect(visit.Dialog).ToContainTextAsync(known);
        await visit.Page.Keyboard.PressAsync("Escape");
        await Expect(visit.Dialog).ToHaveCountAsync(0);

        await visit.Page.Locator("#search").FillAsync("");
        repository.Write("New.img", Contents.Random(500));
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "New.img" })).ToBeVisibleAsync();
    }

    [FactWith(Browser.Program)]
    public async Task A_check_is_asked_for_and_its_job_is_listed_with_its_log()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(50_000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("A.img is indexed", () => agent.Api.FindReadyAsync("A.img"));
        await using var visit = await browser.VisitAsync(agent, "images");
        await visit.EnterKeyAsync();

        await visit.OpenAsync("A.img");
        await visit.Choice("Check").ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync("good");
        await visit.Choice("Close").ClickAsync();
        await visit.GoAsync("jobs");

        var job = visit.Page.Locator("#jobs tr");
        await Expect(job).ToContainTextAsync(new Regex("check.*A\\.img.*finished"));
        await visit.Button("Log").ClickAsync();
        await Expect(visit.Page.Locator("#log")).Not.ToBeEmptyAsync();
        await visit.Choice("Close").ClickAsync();
        await visit.Button("Forget").ClickAsync();
        await Expect(job).ToHaveCountAsync(0);
    }

    [FactWith(Browser.Program)]
    public async Task Work_that_takes_long_shows_its_progress_and_can_be_cancelled()
    {
        await using var repository = new TestRepository(output);
        using (var endless = File.OpenHandle(repository["Endless.img"], FileMode.CreateNew, FileAccess.Write))
            RandomAccess.SetLength(endless, 100L << 30);
        await using var agent = await repository.StartAsync();
        await using var visit = await browser.VisitAsync(agent);
        await Expect(visit.Page.Locator("#backlog")).ToContainTextAsync(new Regex("Endless\\.img.*GiB.*[1-9].*iB/s"));
        await visit.EnterKeyAsync();
        await visit.GoAsync("images");
        await visit.OpenAsync("Endless.img");
        await visit.Choice("Check").ClickAsync();
        await visit.Choice("Close").ClickAsync();
        await visit.GoAsync("jobs");

        await Expect(visit.Page.Locator("#jobs tr")).ToContainTextAsync(new Regex("check.*Endless\\.img.*running"));
        await visit.Button("Cancel").ClickAsync();
        await visit.Choice("Confirm").ClickAsync();

        await Expect(visit.Page.Locator("#jobs tr")).ToContainTextAsync("cancelled");
    }

    [FactWith(Browser.Program)]
    public async Task An_image_is_deleted_only_when_that_is_confirmed_and_comes_back_from_the_trash()
    {
        await using var repository = new TestRepository(output);
        repository.Write("aula1/A.img", Contents.Random(2000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is indexed", () => agent.Api.FindReadyAsync("aula1/A.img"));
        await using var visit = await browser.VisitAsync(agent, "images");
        await visit.EnterKeyAsync();

        await visit.OpenAsync("aula1/A.img");
        await visit.Choice("Delete").ClickAsync();
        await Expect(visit.Dialog.Last).ToContainTextAsync("Move this image to the trash?");
        await visit.Choice("Cancel").ClickAsync();
        Assert.True(File.Exists(repository["aula1/A.img"]));
        await visit.Choice("Delete").ClickAsync();
        await visit.Choice("Delete").ClickAsync();
        await Expect(visit.Dialog).ToHaveCountAsync(0);
        await Expect(visit.Rows).ToHaveCountAsync(0);
        Assert.False(File.Exists(repository["aula1/A.img"]));

        await visit.GoAsync("trash");
        await Expect(visit.Page.Locator("#trash tr")).ToContainTextAsync("aula1/A.img");
        await visit.Button("Restore").ClickAsync();
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("The trash is empty.");
        Assert.True(File.Exists(repository["aula1/A.img"]));
    }

    [FactWith(Browser.Program, "udp-sender")]
    public async Task An_image_is_sent_and_the_transmission_shown_and_cancelled()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(100_000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("A.img is indexed", () => agent.Api.FindReadyAsync("A.img"));
        await using var visit = await browser.VisitAsync(agent, "images");
        await visit.EnterKeyAsync();

        await visit.OpenAsync("A.img");
        await visit.Choice("Send").ClickAsync();
        await visit.Page.GetByLabel("Port (even)").FillAsync("9096");
        await visit.Choice("Send").ClickAsync();
        await Expect(visit.Dialog).ToHaveCountAsync(1);
        await visit.Choice("Send").ClickAsync();
        await visit.Page.GetByLabel("How").SelectOptionAsync("p2p");
        await Expect(visit.Page.GetByLabel("Port (even)")).ToBeHiddenAsync();
        await visit.Choice("Send").ClickAsync();
        await Expect(visit.Dialog).ToHaveCountAsync(1);
        await visit.Choice("Close").ClickAsync();
        await visit.GoAsync("transmissions");
        var udpcast = visit.Page.Locator("#transmissions section", new() { HasText = "udpcast" });
        var p2p = visit.Page.Locator("#transmissions section", new() { HasText = "p2p" });
        await Expect(udpcast).ToContainTextAsync(new Regex("A\\.img.*waiting.*/ 97\\.7 KiB"));
        await AnnounceAsync(await agent.Api.StatusAsync(), (await agent.Api.FindAsync("A.img"))!.InfoHash!);
        await Expect(p2p).ToContainTextAsync("Peers: 1");
        await p2p.Locator("summary").First.ClickAsync();
        await Expect(p2p.Locator("li")).ToContainTextAsync("127.0.0.1:50001");

        await udpcast.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await visit.Choice("Confirm").ClickAsync();
        await Expect(udpcast).ToContainTextAsync("cancelled");
        await Expect(udpcast.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeHiddenAsync();
    }

    [FactWith(Browser.Program)]
    public async Task Another_repository_is_shown_and_an_image_imported_from_it()
    {
        await using var other = new TestRepository(output);
        other.Write("Debian.img", Contents.Random(70_000));
        await using var campus = await other.StartAsync();
        await campus.SeeAsync("Debian.img is indexed", () => campus.Api.FindReadyAsync("Debian.img"));
        await using var repository = new TestRepository(output, new AgentSettings
        {
            More = $"""
                [[remote]]
                name = "campus2"
                url = "{campus.Api.UrlOf("").TrimEnd('/')}"
                api_key = "{campus.Api.Key}"
                """,
        });
        await using var agent = await repository.StartAsync();
        await using var visit = await browser.VisitAsync(agent, "remotes");
        await visit.EnterKeyAsync();

        await Expect(visit.Page.Locator("#remotes tr")).ToContainTextAsync(new Regex("campus2.*agent.*reachable"));
        await visit.Button("Import").ClickAsync();
        await visit.Page.GetByLabel("Image").FillAsync("Debian.img");
        await visit.Choice("Import").ClickAsync();
        await Expect(visit.Dialog).ToHaveCountAsync(0);
        await visit.GoAsync("images");

        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Debian.img" })).ToBeVisibleAsync();
        Assert.Equal(await File.ReadAllBytesAsync(other["Debian.img"]), await File.ReadAllBytesAsync(repository["Debian.img"]));
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

    /// <summary>A peer tells the tracker that it has all of an image.</summary>
    private static async Task AnnounceAsync(AgentStatus status, string infoHash)
    {
        using var peer = new HttpClient();
        var hash = string.Concat(Convert.FromHexString(infoHash).Select(value => $"%{value:x2}"));
        var answer = await peer.GetAsync($"http://{status.Tracker!.Listen}/announce?info_hash={hash}&peer_id=-TE0001-000000000000&port=50001&uploaded=0&downloaded=1&left=0&compact=1&event=started");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
