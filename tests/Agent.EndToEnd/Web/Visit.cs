using System.Collections.Concurrent;
using Agent.EndToEnd.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Agent.EndToEnd.Web;

/// <summary>A visitor of the page. At its end, nothing may have gone wrong that a browser tells of: errors, breaches of the policy, dialogs of scripts.</summary>
public sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly AgentProcess _agent;
    private readonly ConcurrentQueue<string> _faults = [];

    public Visit(IBrowserContext context, IPage page, AgentProcess agent)
    {
        (_context, Page, _agent) = (context, page, agent);
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Note(true, error);
        page.Dialog += (_, dialog) =>
        {
            Note(true, $"a script showed \"{dialog.Message}\"");
            _ = dialog.DismissAsync();
        };
        page.Request += (_, request) => Note(
            !request.Url.StartsWith(agent.Api.UrlOf(""), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal), $"asked for {request.Url}");
    }

    public IPage Page { get; }

    /// <summary>What may go wrong in this test, because it is what is tested.</summary>
    public string? Expected { get; set; }

    public ILocator Dialog => Page.Locator("dialog");

    public ILocator Rows => Page.Locator("#rows tr");

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>A button of the open dialog.</summary>
    public ILocator Choice(string name) => Dialog.Last.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public Task GoAsync(string view) => Page.Locator($"nav button[data-view={view}]").ClickAsync();

    /// <summary>Enters the key of the agent.</summary>
    public async Task EnterKeyAsync(string? key = null)
    {
        await Page.Locator("#key-open").ClickAsync();
        await Page.Locator("#key").FillAsync(key ?? _agent.Api.Key);
        await Page.Locator("#key").PressAsync("Enter");
        if (key is null)
            await Expect(Dialog).ToHaveCountAsync(0);
    }

    /// <summary>Opens what is known of an image.</summary>
    public async Task OpenAsync(string path)
    {
        await Page.Locator("#search").FillAsync(path);
        await Rows.GetByRole(AriaRole.Button, new() { Name = path, Exact = true }).ClickAsync();
    }

    /// <summary>Keeps a picture of the page in <c>out/status-page</c>.</summary>
    public Task PictureAsync(string name) => Page.ScreenshotAsync(new() { Path = Path.Combine(SourceTree.Root, "out", "status-page", $"{name}.png") });

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.True(_faults.IsEmpty, string.Join('\n', _faults));
    }

    private void Note(bool isFault, string text)
    {
        if (isFault && (Expected is null || !text.Contains(Expected, StringComparison.Ordinal)))
            _faults.Enqueue(text);
    }
}
