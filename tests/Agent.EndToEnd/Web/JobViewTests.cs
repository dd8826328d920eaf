using System.Text.Json;
using System.Text.RegularExpressions;
using Agent.EndToEnd.Cli;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Agent.EndToEnd.Web;

/// <summary>Long work in the browser: how far it is, its log, its end.</summary>
[Collection(BrowserCollection.Name)]
public sealed class JobViewTests(Browser browser, ITestOutputHelper output)
{
    [FactWith(Browser.Program)]
    public async Task Ended_jobs_are_told_shown_with_their_logs_and_forgotten_one_by_one_or_all()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(50_000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("A.img is indexed", () => agent.Api.FindReadyAsync("A.img"));
        await using var visit = await browser.VisitAsync(agent, "images");
        await visit.EnterKeyAsync();
        await visit.OpenAsync("A.img");
        for (var jobs = 1; jobs <= 3; jobs++)
        {
            await visit.DoAsync("check");
            await agent.SeeAsync($"{jobs} have ended", async () => Regex.Count((await agent.Api.GetAsync("ogrepository/v1/jobs?state=FINISHED")).Text, "\"id\"") == jobs);
        }
        await visit.ToldAsync("Check: A.img: finished");
        await visit.DoAsync("close");
        await visit.GoAsync("jobs");

        var rows = visit.Page.Locator("#jobs tr");
        await Expect(rows).ToHaveCountAsync(3);
        await Expect(rows.First).ToContainTextAsync(new Regex("check.*A\\.img.*finished.*48\\.8 KiB"));
        await visit.DoAsync("log", rows.First);
        await Expect(visit.Page.Locator("#log")).ToContainTextAsync("Finished");
        await visit.DoAsync("close");
        await visit.DoAsync("job-remove", rows.First);
        await Expect(rows).ToHaveCountAsync(2);
        await visit.DoAsync("jobs-forget-open");
        await visit.DoAsync("jobs-forget");

        await visit.ClosedAsync();
        await Expect(visit.Page.Locator(".empty")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".empty")).ToHaveTextAsync("No jobs.");
        Assert.DoesNotContain("\"id\"", (await agent.Api.GetAsync("ogrepository/v1/jobs")).Text);
    }

    [FactWith(Browser.Program)]
    public async Task Progress_and_log_are_live_while_a_job_runs_and_it_can_be_cancelled()
    {
        await using var other = new TestRepository(output);
        other.Write("Big.img", Contents.Random(60_000_000));
        await using var campus = await other.StartAsync();
        await campus.SeeAsync("Big.img is indexed", () => campus.Api.FindReadyAsync("Big.img"));
        // At this rate it would take some minutes.
        await using var repository = new TestRepository(output, new AgentSettings { More = RemoteOf(campus) + "rate_limit = \"256KiB/s\"\n" });
        await using var agent = await repository.StartAsync();
        await using var visit = await browser.VisitAsync(agent, "remotes");
        await visit.EnterKeyAsync();

        await visit.DoAsync("import-from-open");
        await visit.FillAsync("image", "Big.img");
        await visit.DoAsync("import");
        await visit.ToldAsync("Import: Big.img: has begun");
        var row = visit.Page.Locator("#jobs tr");
        await Expect(row).ToContainTextAsync(new Regex("import.*Big\\.img ← campus2.*running.*[1-9].*/ 57\\.2 MiB.*iB/s"));
        await Expect(row.Locator("progress")).ToHaveJSPropertyAsync("max", 60_000_000);
        var before = await DoneAsync(row);
        await Eventually.SeeAsync(async () => await DoneAsync(row) > before ? "more" : null, "the bar moves", () => agent.Log);

        await visit.DoAsync("log", row);
        await Expect(visit.Page.Locator("#log")).ToContainTextAsync("Running");
        await Expect(visit.Dialog).ToContainTextAsync(new Regex("running.*/ 57\\.2 MiB"));
        await Expect(visit.Page.Locator("#log")).Not.ToContainTextAsync("Cancelled");
        var id = JsonDocument.Parse((await agent.Api.GetAsync("ogrepository/v1/jobs")).Body).RootElement.GetProperty("jobs")[0].GetProperty("id").GetString();
        await agent.Api.SendAsync(HttpMethod.Delete, $"ogrepository/v1/jobs/{id}");
        // Told by the agent, without anything being pressed.
        await Expect(visit.Page.Locator("#log")).ToContainTextAsync("Cancelled");
        await Expect(visit.Dialog.Locator(".state")).ToHaveTextAsync("cancelled");
        await visit.DoAsync("close");
        await Expect(row.Locator(".state")).ToHaveTextAsync("cancelled");
    }

    [FactWith(Browser.Program)]
    public async Task A_job_is_cancelled_only_when_that_is_confirmed()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();
        await LongWork.AddAsync(repository, agent, "Endless.img");
        await using var visit = await browser.VisitAsync(agent, "images");
        await visit.EnterKeyAsync();
        await visit.OpenAsync("Endless.img");
        await visit.DoAsync("check");
        await visit.DoAsync("close");
        await visit.GoAsync("jobs");
        await Expect(visit.Page.Locator("#jobs tr")).ToContainTextAsync(new Regex("check.*Endless\\.img.*running"));

        await visit.DoAsync("job-cancel-open");
        await Expect(visit.Dialog).ToContainTextAsync("End this?");
        await visit.DoAsync("dismiss");
        await Expect(visit.Page.Locator("#jobs tr")).ToContainTextAsync("running");
        await visit.DoAsync("job-cancel-open");
        await visit.DoAsync("job-cancel");

        await Expect(visit.Page.Locator("#jobs tr")).ToContainTextAsync("cancelled");
        Assert.Contains("CANCELLED", (await agent.Api.GetAsync("ogrepository/v1/jobs")).Text);
    }

    internal static string RemoteOf(AgentProcess agent) =>
        $"[[remote]]\nname = \"campus2\"\nurl = \"{agent.Api.UrlOf("").TrimEnd('/')}\"\napi_key = \"{agent.Api.Key}\"\n";

    private static Task<long> DoneAsync(Microsoft.Playwright.ILocator row) => row.Locator("progress").EvaluateAsync<long>("bar => bar.value");
}
