using System.Collections.Concurrent;
using Agent.EndToEnd.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Agent.EndToEnd.Web;

/// <summary>
/// A visitor of the page. At its end, nothing may have gone wrong that a browser tells of: errors, breaches of the policy, dialogs of scripts.
/// Controls are found by their action; <see cref="EveryControlTests"/> holds that each is used by a test in this way.
/// </summary>
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
    public string[] Expected { get; set; } = [];

    public ILocator Dialog => Page.Locator("dialog");

    public ILocator Rows => Page.Locator("#rows tr");

    public ILocator Notices => Page.Locator("#notices");

    /// <summary>The control of an action; of several the one that was opened last.</summary>
    /// <param name="action">Its <c>data-action</c>.</param>
    /// <param name="within">Where it is, if that is not plain.</param>
    public ILocator Control(string action, ILocator? within = null) => (within ?? Page.Locator("body")).Locator($"[data-action='{action}']:visible").Last;

    /// <summary>Clicks the control of an action.</summary>
    public Task DoAsync(string action, ILocator? within = null) => Control(action, within).ClickAsync();

    /// <summary>Writes into a field.</summary>
    public Task FillAsync(string action, string text) => Control(action).FillAsync(text);

    /// <summary>Chooses in a field.</summary>
    public Task ChooseAsync(string action, string value) => Control(action).SelectOptionAsync(value);

    public Task GoAsync(string view) => Page.Locator($"[data-action='view'][data-view={view}]").ClickAsync();

    /// <summary>Enters the key of the agent.</summary>
    public async Task EnterKeyAsync(string? key = null)
    {
        await DoAsync("key-open");
        await FillAsync("key", key ?? _agent.Api.Key);
        await DoAsync("key-accept");
        if (key is null)
            await ClosedAsync();
    }

    /// <summary>Opens what is known of an image.</summary>
    public async Task OpenAsync(string path)
    {
        await FillAsync("search", path);
        var name = Page.GetByRole(AriaRole.Button, new() { Name = path, Exact = true });
        await DoAsync("image-open", Rows.Filter(new() { Has = name }));
    }

    /// <summary>Waits until no more, and no less, than so many dialogs are open.</summary>
    public Task ClosedAsync(int left = 0) => Expect(Dialog).ToHaveCountAsync(left);

    /// <summary>Waits until the page says something.</summary>
    public Task ToldAsync(string text) => Expect(Notices).ToContainTextAsync(text);

    /// <summary>Keeps a picture of the page in <c>out/status-page</c>.</summary>
    public Task PictureAsync(string name) => Page.ScreenshotAsync(new() { Path = Path.Combine(SourceTree.Root, "out", "status-page", $"{name}.png") });

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.True(_faults.IsEmpty, string.Join('\n', _faults));
    }

    private void Note(bool isFault, string text)
    {
        if (isFault && !Expected.Any(expected => text.Contains(expected, StringComparison.Ordinal)))
            _faults.Enqueue(text);
    }
}
