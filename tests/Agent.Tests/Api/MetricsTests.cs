using System.Net;
using Agent.Tests.Support;

namespace Agent.Tests.Api;

public sealed class MetricsTests
{
    private const string Check = "/ogrepository/v1/images/check-image";

    [Fact]
    public async Task Images_and_what_checks_found_of_them_are_told()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("Windows10.img", new byte[(8 << 20) + 5]);
        await agent.AddAsync("aula1/Odd \"name\".img", [1, 2, 3]);
        agent.Rot("Windows10.img", (4 << 20) + 1);
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        await agent.SendAsync("POST", Check, """{"image":"Windows10.img"}""");

        var page = await ReadAsync(agent);

        Assert.Equal(0, page["""ogrepo_image_good{image="Windows10.img"}"""]);
        Assert.Equal(1, page["""ogrepo_image_bad_pieces{image="Windows10.img"}"""]);
        Assert.InRange(page["""ogrepo_image_last_check_timestamp_seconds{image="Windows10.img"}"""], before, before + 3600);
        Assert.Equal(1, page["""ogrepo_image_good{image="aula1/Odd "name".img"}"""]);
        Assert.Equal(0, page["""ogrepo_image_bad_pieces{image="aula1/Odd "name".img"}"""]);
        Assert.Equal(1, page["""ogrepo_images_by_check{state="damaged"}"""]);
        Assert.Equal(1, page["""ogrepo_images{ou="aula1"}"""]);
        Assert.Equal((8 << 20) + 5, page["""ogrepo_images_bytes{ou=""}"""]);
        Assert.Equal(2, page["ogrepo_images_indexed"]);
        Assert.Equal(1, page["""ogrepo_jobs{kind="check",state="finished"}"""]);
    }

    [Fact]
    public async Task An_empty_repository_has_every_family_that_needs_no_image()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.SeeAsync(now => now.Revision > 0);

        var page = await ReadAsync(agent);

        foreach (var sample in (string[])
            ["ogrepo_images_locked", "ogrepo_indexing_backlog_bytes", "ogrepo_checks_due_images", "ogrepo_torrents", "ogrepo_tracker_peers", "ogrepo_seeder_peers",
             "ogrepo_seeder_uploaded_bytes_total", """ogrepo_indexing_images{state="waiting"}""", """ogrepo_transmissions{protocol="udpcast",state="sending"}"""])
            Assert.Equal(0, page[sample]);
        Assert.InRange(page["ogrepo_disk_free_bytes"], 1, page["ogrepo_disk_size_bytes"]);
        Assert.InRange(page["process_resident_memory_bytes"], 1, double.MaxValue);
    }

    [Fact]
    public async Task No_key_is_needed_and_networks_that_may_not_read_are_told_so()
    {
        await using var open = await RunningAgent.StartAsync();
        await using var closed = await RunningAgent.StartAsync("""
            [metrics]
            networks = ["192.0.2.0/24"]
            """);
        await using var off = await RunningAgent.StartAsync("""
            [metrics]
            enabled = false
            """);
        using var client = new HttpClient();

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", (await client.GetAsync(new Uri(open.Url, "/metrics"))).Content.Headers.ContentType!.ToString());
        var refused = await client.GetAsync(new Uri(closed.Url, "/metrics"));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("metrics.networks", await refused.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri(off.Url, "/metrics"))).StatusCode);
    }

    private static async Task<PrometheusPage> ReadAsync(RunningAgent agent)
    {
        using var answer = await agent.AskAsync("GET", "/metrics");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return PrometheusPage.Parse(await answer.Content.ReadAsByteArrayAsync());
    }
}
