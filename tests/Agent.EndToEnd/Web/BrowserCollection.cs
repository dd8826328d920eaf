using Agent.EndToEnd.Support;
using Microsoft.Playwright;

namespace Agent.EndToEnd.Web;

/// <summary>The tests that look at the status page, one after the other in one browser: starting that is what costs most.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<Browser>
{
    public const string Name = "status page";
}

/// <summary>A real Chromium without a screen, and with it an agent whose page most tests look at.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>The program that this needs.</summary>
    public const string Program = "chromium";

    private const float PatienceMilliseconds = 60_000;

    private IPlaywright? _driver;
    private IBrowser? _chromium;

    public async Task InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        if (ExternalProgram.Find(Program) is not { } program)
            return;
        _driver = await Playwright.CreateAsync();
        // The sandbox of Chromium does not work for root, and all it sees is this agent's page.
        _chromium = await _driver.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = ["--no-sandbox"] });
    }

    /// <summary>Opens the page of an agent as a new visitor.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="view">The view to begin with.</param>
    /// <param name="options">Size, colours and language.</param>
    public async Task<Visit> VisitAsync(AgentProcess agent, string view = "", BrowserNewContextOptions? options = null)
    {
        var context = await _chromium!.NewContextAsync(options ?? new() { Locale = "en-GB" });
        context.SetDefaultTimeout(PatienceMilliseconds);
        var visit = new Visit(context, await context.NewPageAsync(), agent);
        await visit.Page.GotoAsync($"{agent.Api.UrlOf("")}#{view}");
        return visit;
    }

    public async Task DisposeAsync()
    {
        if (_chromium is not null)
            await _chromium.DisposeAsync();
        _driver?.Dispose();
    }
}
