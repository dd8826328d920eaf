using System.Text.Json;
using Agent.EndToEnd.Indexing;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Api;

/// <summary><c>/metrics</c> of the real binary, read by Prometheus' own Python library.</summary>
public sealed class MetricsTests(ITestOutputHelper output)
{
    /// <summary>Prints every sample as a JSON array of name, labels and value.</summary>
    private const string Reader = """
        import json, sys
        from prometheus_client.parser import text_string_to_metric_families
        for family in text_string_to_metric_families(open(sys.argv[1], encoding="utf-8", newline="").read()):
            assert family.documentation and family.type in ("gauge", "counter"), family
            for sample in family.samples:
                print(json.dumps([sample.name, sample.labels, sample.value]))
        """;

    [FactWith("/usr/bin/python3", "touch")]
    public async Task What_a_check_found_is_read_by_prometheus()
    {
        await using var repository = new TestRepository(output);
        const string odd = "aula 1/Año \"2024\".img";
        repository.Write(odd, Contents.Random(100_000));
        repository.Write("A.img", Contents.Random(9_000_000));
        await using var agent = await repository.StartAsync();
        foreach (var image in (string[])["A.img", odd])
            await agent.SeeAsync($"{image} is ready", () => agent.Api.FindReadyAsync(image));
        await Rot.FlipAsync(repository["A.img"], [100, 5_000_000]);
        Assert.Equal("damaged", (await agent.CheckAsync("A.img")).State);

        var samples = await ReadAsync(agent, repository.Beside("metrics"));

        Assert.Equal(0, samples[("ogrepo_image_good", "A.img")]);
        Assert.Equal(2, samples[("ogrepo_image_bad_pieces", "A.img")]);
        Assert.Equal(1, samples[("ogrepo_image_good", odd)]);
        Assert.Equal(2, samples[("ogrepo_images_indexed", null)]);
        Assert.Equal(2, samples[("ogrepo_torrents", null)]);
    }

    private static async Task<Dictionary<(string Name, string? Image), double>> ReadAsync(AgentProcess agent, string file)
    {
        await File.WriteAllBytesAsync(file, (await agent.Api.GetAsync("metrics")).Body);
        var printed = await ExternalProgram.RunAsync("/usr/bin/python3", "-c", Reader, file);
        var samples = new Dictionary<(string, string?), double>();
        foreach (var line in printed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var sample = JsonDocument.Parse(line).RootElement;
            samples[(sample[0].GetString()!, sample[1].TryGetProperty("image", out var image) ? image.GetString() : null)] = sample[2].GetDouble();
        }
        return samples;
    }
}
