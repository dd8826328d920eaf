using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Agent.EndToEnd.Support;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Agent.EndToEnd.Web;

/// <summary>The page while the agent ends, comes back, or gets another key.</summary>
[Collection(BrowserCollection.Name)]
public sealed class StatusPageLifeTests(Browser browser, ITestOutputHelper output)
{
    [FactWith(Browser.Program)]
    public async Task It_says_that_the_agent_is_gone_and_lives_on_when_it_comes_back()
    {
        await using var repository = new TestRepository(output, WithPort());
        repository.Write("A.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        await using var visit = await browser.VisitAsync(agent, "images");
        visit.Expected = ["net::ERR"];
        await visit.EnterKeyAsync();
        var link = visit.Page.Locator("#link");
        await Expect(visit.Rows).ToHaveCountAsync(1);
        await Expect(link).ToHaveTextAsync("Live");

        Assert.Equal(0, await agent.StopAsync());
        await Expect(link).ToHaveTextAsync("No connection, trying again …");
        await Expect(link).ToHaveClassAsync("lost");
        await visit.DoAsync("look-all");
        await visit.ToldAsync("The agent does not answer.");
        await Expect(visit.Rows).ToHaveCountAsync(1);

        repository.Write("B.img", Contents.Random(1000));
        await using var again = await repository.StartAsync();
        await Expect(link).ToHaveTextAsync("Live");
        await visit.ToldAsync("The agent was started anew.");
        // With the key that it still has.
        await Expect(visit.Rows).ToHaveCountAsync(2);
        await visit.DoAsync("look-all");
        await visit.ToldAsync("Looked at");
    }

    [FactWith(Browser.Program)]
    public async Task A_key_that_is_right_no_more_is_forgotten_with_all_that_it_showed()
    {
        await using var repository = new TestRepository(output, WithPort());
        repository.Write("A.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        await using var visit = await browser.VisitAsync(agent, "images");
        visit.Expected = ["net::ERR", "status of 401"];
        await visit.EnterKeyAsync();
        await visit.OpenAsync("A.img");
        await agent.StopAsync();
        await File.WriteAllTextAsync(repository.KeyFile, "another-key-of-the-same-agent-0123456789\n");
        await using var again = await repository.StartAsync();

        await visit.ToldAsync("The agent does not take this key any more: enter it again.");
        await visit.ClosedAsync();
        await Expect(visit.Page.Locator("main")).ToHaveTextAsync(new Regex("^Enter the API key to see this.*"));
        await visit.EnterKeyAsync(again.Api.Key);
        await Expect(visit.Rows).ToHaveCountAsync(1);
        await visit.DoAsync("key-open");
        await Expect(visit.Control("key-open")).ToHaveTextAsync("Enter API key");
        await Expect(visit.Rows).ToHaveCountAsync(0);
    }

    [FactWith(Browser.Program)]
    public async Task All_is_reached_by_keyboard_alone_and_the_focus_is_never_lost()
    {
        await using var repository = new TestRepository(output);
        foreach (var name in (string[])["A.img", "B.img", "C.img"])
            repository.Write(name, Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("all are indexed", async () => (await agent.Api.StatusAsync()).Indexed == 3);
        await using var visit = await browser.VisitAsync(agent, "images");
        var keys = visit.Page.Keyboard;
        await Expect(visit.Control("enter-key")).ToBeVisibleAsync();

        // Past the navigation to the one button there is, by which the key is entered.
        await keys.PressAsync("Tab");
        await Expect(visit.Control("skip")).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await Expect(visit.Page.Locator("main")).ToBeFocusedAsync();
        await keys.PressAsync("Tab");
        await Expect(visit.Control("enter-key")).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await TabToAsync(visit, "key");
        await keys.TypeAsync(agent.Api.Key);
        await keys.PressAsync("Enter");
        await visit.ClosedAsync();
        await Expect(visit.Page.Locator("main")).ToBeFocusedAsync();

        // Down the list, into the second image, and out again to where it was.
        await TabToAsync(visit, "image-open");
        await keys.PressAsync("ArrowDown");
        await Expect(NameOf(visit, "B.img")).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await Expect(visit.Dialog).ToHaveCountAsync(1);
        await keys.PressAsync("Escape");
        await Expect(NameOf(visit, "B.img")).ToBeFocusedAsync();

        // A dialog keeps the focus in itself; what had it is deleted, and the focus is in the view.
        await keys.PressAsync("Enter");
        await TabToAsync(visit, "delete-open");
        await keys.PressAsync("Enter");
        for (var i = 0; i < 8; i++)
        {
            await keys.PressAsync("Tab");
            Assert.True(await visit.Page.EvaluateAsync<bool>("document.activeElement === document.body || document.activeElement.closest('dialog') === [...document.querySelectorAll('dialog')].at(-1)"));
        }
        await TabToAsync(visit, "delete-do");
        await keys.PressAsync("Enter");
        await visit.ClosedAsync();
        await Expect(visit.Rows).ToHaveCountAsync(2);
        await Expect(visit.Page.Locator("main")).ToBeFocusedAsync();
        Assert.False(File.Exists(repository["B.img"]));
    }

    private static ILocator NameOf(Visit visit, string path) => visit.Page.GetByRole(AriaRole.Button, new() { Name = path, Exact = true });

    private static async Task TabToAsync(Visit visit, string action)
    {
        for (var presses = 0; presses < 60; presses++)
        {
            if (await visit.Page.EvaluateAsync<string?>("document.activeElement?.dataset.action") == action)
                return;
            await visit.Page.Keyboard.PressAsync("Tab");
        }
        Assert.Fail($"the focus does not come to {action}");
    }

    /// <summary>An agent that has the same address after its next start.</summary>
    private static AgentSettings WithPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        while (true)
        {
            try
            {
                // Not one of those that the kernel gives to outgoing connections meanwhile.
                socket.Bind(new IPEndPoint(IPAddress.Loopback, Random.Shared.Next(20_000, 32_000)));
                return new AgentSettings { Listen = socket.LocalEndPoint!.ToString()! };
            }
            catch (SocketException)
            {
                // Somebody has it: another one.
            }
        }
    }
}
