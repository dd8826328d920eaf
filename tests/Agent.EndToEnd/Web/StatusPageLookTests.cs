using System.Text.Json;
using Agent.EndToEnd.Indexing;
using Agent.EndToEnd.Support;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Agent.EndToEnd.Web;

/// <summary>The page in both languages, at both sizes, in light and dark.</summary>
[Collection(BrowserCollection.Name)]
public sealed class StatusPageLookTests(Browser browser, ITestOutputHelper output)
{
    [FactWith(Browser.Program)]
    public async Task It_speaks_the_language_of_the_browser_and_changes_it_when_asked()
    {
        await using var repository = new TestRepository(output);
        repository.Write("A.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        await using var visit = await browser.VisitAsync(agent, "", new() { Locale = "es-ES" });

        await Expect(visit.Page.Locator("nav button")).ToHaveTextAsync(
            ["Resumen", "Imágenes", "Transmisiones", "Trabajos", "Papelera", "Otros repositorios", "Estado del repositorio"]);
        await Expect(visit.Page.Locator("#card-disk")).ToContainTextAsync("libres de");
        await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("lang", "es");
        await visit.EnterKeyAsync();
        await visit.GoAsync("images");
        await visit.OpenAsync("A.img");
        await Expect(visit.Control("check")).ToHaveTextAsync("Comprobar");
        await visit.DoAsync("check");
        await visit.ToldAsync("Comprobar: A.img: terminado");
        await visit.DoAsync("send-open");
        await Expect(visit.Dialog.Last).ToContainTextAsync("Por multicast a un aula.");
        await visit.DoAsync("dismiss");
        await visit.DoAsync("close");
        await visit.ChooseAsync("language", "en");

        await Expect(visit.Page.Locator("nav button").First).ToHaveTextAsync("Overview");
        await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await Expect(visit.Rows).ToHaveCountAsync(1);
    }

    [FactWith(Browser.Program, "udp-sender")]
    public async Task It_is_readable_on_phone_and_desktop_in_light_and_dark()
    {
        await using var other = new TestRepository(output);
        await using var campus = await other.StartAsync();
        await using var repository = new TestRepository(output, new AgentSettings
        {
            More = $"{JobViewTests.RemoteOf(campus)}[[remote]]\nname = \"campus3\"\nurl = \"http://127.0.0.1:9\"\n",
        });
        foreach (var (name, bytes) in new[]
                 {
                     ("Windows11-23H2-aulas.img", 9_400_000), ("Ubuntu24.04-docencia.img", 6_100_000), ("Debian12-base.img", 2_700_000), ("aula1/Windows10-CAD.img", 8_300_000),
                     ("aula1/Ubuntu24.04-GIS.img", 5_200_000), ("laboratorio/Fedora41.img", 3_900_000), ("laboratorio/Fedora40.img", 1_000_000),
                 })
            repository.Write(name, Contents.Random(bytes));
        repository.Write("Debian12-base.img.ant", Contents.Random(2_600_000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("all are indexed", async () => (await agent.Api.StatusAsync()).Indexed == 7);
        await FillViewsAsync(agent);
        foreach (var (size, width, height) in new[] { ("phone", 390, 844), ("desktop", 1280, 800) })
        {
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await using var visit = await browser.VisitAsync(
                    agent, "", new() { Locale = "en-GB", ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme });
                await Expect(visit.Page.Locator("#card-images .figure")).ToHaveTextAsync("6");
                await visit.GoAsync("trash");
                await LookAsync(visit, "no-key", size, scheme);
                await visit.EnterKeyAsync();
                foreach (var (view, shown) in Views)
                {
                    await visit.GoAsync(view);
                    await Expect(visit.Page.Locator(shown).First).ToBeVisibleAsync();
                    await LookAsync(visit, view, size, scheme);
                }
                await LookAtDialogsAsync(visit, size, scheme);
            }
        }
    }

    /// <summary>Each view, and what is there once it is whole.</summary>
    private static readonly (string View, string Shown)[] Views =
    [
        ("overview", "#card-disk progress"), ("images", "#rows tr:nth-child(6)"), ("transmissions", "#transmissions section"), ("jobs", "#jobs tr"), ("trash", "#trash tr"),
        ("remotes", "#globals tr:nth-child(2)"), ("repository", "#repositories section"),
    ];

    /// <summary>Something to be seen in every view.</summary>
    private static async Task FillViewsAsync(AgentProcess agent)
    {
        foreach (var (path, body) in new[]
                 {
                     ("images/check-image", """{"image":"Debian12-base.img"}"""), ("images/create-torrent", """{"image":"Debian12-base.img"}"""),
                     ("images/udpcast", """{"image":"Debian12-base.img", "port":"9094", "method":"full", "ip":"239.194.17.2", "bitrate":"70M", "nclients":"20", "maxtime":"120"}"""),
                     ("images/p2p", """{"image":"Ubuntu24.04-docencia.img"}"""),
                 })
            Assert.Equal(200, (await ImageJobs.PostAsync(agent, path, body)).Status);
        Assert.Equal(200, (await agent.Api.SendAsync(HttpMethod.Delete, "ogrepository/v1/images/laboratorio/Fedora40.img")).Status);
        await AgentCommand.AskAsync(agent, "images", "global", "Debian12-base.img");
    }

    private static async Task LookAtDialogsAsync(Visit visit, string size, ColorScheme scheme)
    {
        await visit.GoAsync("images");
        await visit.OpenAsync("Debian12-base.img");
        await LookAsync(visit, "details", size, scheme);
        foreach (var opener in (string[])["send-open", "export-open", "repair-any", "backup-open", "backup-remove-open", "delete-open"])
        {
            await visit.Page.Locator($"dialog [data-action={opener}]").ClickAsync();
            await visit.ClosedAsync(left: 2);
            await LookAsync(visit, opener, size, scheme);
            await visit.Page.Keyboard.PressAsync("Escape");
            await visit.ClosedAsync(left: 1);
        }
        await visit.DoAsync("close");
        await visit.GoAsync("transmissions");
        await visit.DoAsync("wake-open");
        await LookAsync(visit, "wake", size, scheme);
        await visit.DoAsync("close");
        await visit.GoAsync("jobs");
        await visit.DoAsync("log");
        await Expect(visit.Page.Locator("#log")).ToContainTextAsync("Finished");
        await LookAsync(visit, "log", size, scheme);
    }

    private static async Task LookAsync(Visit visit, string view, string size, ColorScheme scheme)
    {
        await visit.PictureAsync($"{view}-{size}-{scheme}".ToLowerInvariant());
        Assert.Equal("[]", await FaultsAsync(visit, view));
    }

    /// <summary>What is too wide, has no name for those who do not see it, no action by which a test finds it, or too little contrast (WCAG 2.2, 1.4.3 and 4.1.2).</summary>
    private static async Task<string> FaultsAsync(Visit visit, string view)
    {
        var faults = await visit.Page.EvaluateAsync<string[]>(
            """
            () => {
              const faults = [];
              const seen = element => element.checkVisibility() && element.getClientRects().length;
              if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
                faults.push(`the page is ${document.documentElement.scrollWidth} wide`);
              for (const dialog of document.querySelectorAll('dialog'))
                if (dialog.scrollWidth > dialog.clientWidth)
                  faults.push(`a dialog is ${dialog.scrollWidth} wide`);
              const nameOf = element => element.getAttribute('aria-label') || element.labels?.[0]?.textContent || element.textContent;
              for (const element of document.querySelectorAll('button, input, select, textarea, progress, dialog'))
                if (seen(element) && !nameOf(element).trim())
                  faults.push(`no name: ${element.outerHTML}`);
              for (const element of document.querySelectorAll('button, input, select, textarea, summary, a:not(h2 a)'))
                if (!element.dataset.action)
                  faults.push(`no action: ${element.outerHTML}`);
              const light = color => {
                const [r, g, b] = color.match(/[\d.]+/g).map(value => value / 255).map(value => value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4);
                return .2126 * r + .7152 * g + .0722 * b;
              };
              const backOf = element => {
                for (; element; element = element.parentElement)
                  if (!['rgba(0, 0, 0, 0)', 'transparent'].includes(getComputedStyle(element).backgroundColor))
                    return getComputedStyle(element).backgroundColor;
                return 'rgb(255, 255, 255)';
              };
              for (const element of document.querySelectorAll('body *')) {
                if (!seen(element) || element.matches(':disabled, option') || ![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
                  continue;
                const [a, b] = [light(getComputedStyle(element).color), light(backOf(element))].sort((x, y) => y - x);
                if ((a + .05) / (b + .05) < 4.5)
                  faults.push(`contrast ${((a + .05) / (b + .05)).toFixed(2)}: ${element.outerHTML.slice(0, 100)}`);
              }
              return faults;
            }
            """);
        return faults.Length == 0 ? "[]" : $"{view}: {JsonSerializer.Serialize(faults)}";
    }
}
