using System.Text.Json;
using Agent.EndToEnd.Support;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Agent.EndToEnd.Web;

/// <summary>The page with hostile names, with very many images, in other languages, sizes and colours.</summary>
[Collection(BrowserCollection.Name)]
public sealed class StatusPageSafetyTests(Browser browser, ITestOutputHelper output)
{
    private const int Many = 5_000;

    private static readonly string[] Hostile =
        ["<img src=x onerror=alert(1)>.img", "\"><svg onload=alert(2)>.img", "<b>bold<b>/<script>alert(3)<script>.img", "${alert(4)}'`%22&lt;#?.img"];

    [FactWith(Browser.Program)]
    public async Task Hostile_names_stay_text_wherever_they_are_shown()
    {
        await using var repository = new TestRepository(output);
        foreach (var name in Hostile)
            repository.Write(name, Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        foreach (var name in Hostile)
            await agent.SeeAsync("it is indexed", () => agent.Api.FindReadyAsync(name));
        await using var visit = await browser.VisitAsync(agent, "images");
        await visit.EnterKeyAsync();

        foreach (var name in Hostile)
        {
            await visit.OpenAsync(name);
            await Expect(visit.Dialog.Locator("h2")).ToHaveTextAsync(name);
            await visit.Choice("Check").ClickAsync();
            await Expect(visit.Dialog).ToContainTextAsync("good");
            await visit.Choice("Delete").ClickAsync();
            await visit.Choice("Delete").ClickAsync();
            await Expect(visit.Dialog).ToHaveCountAsync(0);
        }
        await visit.GoAsync("jobs");
        await Expect(visit.Page.Locator("#jobs tr")).ToHaveCountAsync(Hostile.Length);
        await Expect(visit.Page.Locator("#jobs td:nth-child(2)")).ToHaveTextAsync(Enumerable.Reverse(Hostile).ToArray());
        await visit.GoAsync("trash");
        await Expect(visit.Page.Locator("#trash tr")).ToHaveCountAsync(Hostile.Length);
        foreach (var name in Hostile)
            await Expect(visit.Page.Locator("#trash td", new() { HasText = name })).ToHaveCountAsync(1);
        await Expect(visit.Page.Locator("main img, main svg, main script, main b")).ToHaveCountAsync(0);
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
        await visit.Page.Locator("#search").FillAsync("image499");
        await Expect(count).ToContainTextAsync("10 / 5,000");
        await Expect(visit.Rows).ToHaveCountAsync(10);
    }

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
        await Expect(visit.Choice("Comprobar")).ToBeVisibleAsync();
        await visit.Choice("Cerrar").ClickAsync();
        await visit.Page.Locator("#language").SelectOptionAsync("en");

        await Expect(visit.Page.Locator("nav button").First).ToHaveTextAsync("Overview");
        await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await Expect(visit.Rows).ToHaveCountAsync(1);
    }

    [FactWith(Browser.Program)]
    public async Task It_is_readable_on_phone_and_desktop_in_light_and_dark()
    {
        await using var repository = new TestRepository(output);
        foreach (var (name, bytes) in new[]
                 {
                     ("Windows11-23H2-aulas.img", 9_400_000), ("Ubuntu24.04-docencia.img", 6_100_000), ("Debian12-base.img", 2_700_000), ("aula1/Windows10-CAD.img", 8_300_000),
                     ("aula1/Ubuntu24.04-GIS.img", 5_200_000), ("laboratorio/Fedora41.img", 3_900_000),
                 })
            repository.Write(name, Contents.Random(bytes));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("all are indexed", async () => (await agent.Api.StatusAsync()).Indexed == 6);
        foreach (var (size, width, height) in new[] { ("phone", 390, 844), ("desktop", 1280, 800) })
        {
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await using var visit = await browser.VisitAsync(
                    agent, "", new() { Locale = "en-GB", ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme });
                await Expect(visit.Page.Locator("#card-images .figure")).ToHaveTextAsync("6");
                await visit.EnterKeyAsync();
                foreach (var view in (string[])["overview", "images", "transmissions", "jobs", "trash", "remotes", "repository"])
                {
                    await visit.GoAsync(view);
                    if (view == "images")
                        await Expect(visit.Rows).ToHaveCountAsync(6);
                    await visit.PictureAsync($"{view}-{size}-{scheme}".ToLowerInvariant());
                    Assert.Equal("[]", await FaultsAsync(visit, view));
                }
                await visit.GoAsync("images");
                await visit.OpenAsync("Debian12-base.img");
                await visit.PictureAsync($"details-{size}-{scheme}".ToLowerInvariant());
                Assert.Equal("[]", await FaultsAsync(visit, "details"));
            }
        }
    }

    /// <summary>What is too wide, has no name for those who do not see it, or too little contrast (WCAG 2.2, 1.4.3 and 4.1.2).</summary>
    private static async Task<string> FaultsAsync(Visit visit, string view)
    {
        var faults = await visit.Page.EvaluateAsync<string[]>(
            """
            () => {
              const faults = [];
              const seen = element => element.checkVisibility() && element.getClientRects().length;
              if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
                faults.push(`the page is ${document.documentElement.scrollWidth} wide`);
              const nameOf = element => element.getAttribute('aria-label') || element.labels?.[0]?.textContent || element.textContent;
              for (const element of document.querySelectorAll('button, input, select, progress, dialog'))
                if (seen(element) && !nameOf(element).trim())
                  faults.push(`no name: ${element.outerHTML}`);
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
