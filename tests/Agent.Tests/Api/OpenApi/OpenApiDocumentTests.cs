using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;

namespace Agent.Tests.Api.OpenApi;

/// <summary>The document that the agent serves is the one that its routes describe.</summary>
public sealed class OpenApiDocumentTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task The_committed_document_is_what_the_routes_say()
    {
        await using var agent = await RunningAgent.StartAsync();

        var document = new OpenApiGenerator().Generate(Routes(agent));

        await AssertCommittedAsync("agent/Api/OpenApi/openapi.json", document.ToJsonString(Indented) + "\n");
        await AssertCommittedAsync("docs/api.md", ApiReference.Of(document));
    }

    [Fact]
    public async Task Every_mapped_route_is_in_the_served_document_and_nothing_else()
    {
        await using var agent = await RunningAgent.StartAsync();

        var served = JsonNode.Parse(await agent.TextAsync("/openapi.json"))!["paths"]!.AsObject();

        Assert.Equal(
            Routes(agent).SelectMany(route => OpenApiGenerator.MethodsOf(route).Select(method => $"{method} {OpenApiGenerator.PathOf(route)}")).Order(StringComparer.Ordinal),
            served.SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key} {path.Key}")).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("br, gzip;q=0.5", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("identity", false)]
    public async Task It_is_sent_compressed_to_those_who_take_it_so(string encodings, bool isCompressed)
    {
        await using var agent = await RunningAgent.StartAsync();

        using var answer = await agent.AskAsync("GET", "/openapi.json", ("Accept-Encoding", encodings));

        Assert.Equal(isCompressed ? ["gzip"] : [], answer.Content.Headers.ContentEncoding);
        Assert.Equal("Accept-Encoding", answer.Headers.Vary.ToString());
        Assert.Equal((isCompressed ? 0x1f : '{'), (await answer.Content.ReadAsByteArrayAsync())[0]);
    }

    private static IEnumerable<RouteEndpoint> Routes(RunningAgent agent) => agent.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static async Task AssertCommittedAsync(string name, string content)
    {
        var path = Path.Combine(RepositoryRoot(), name);
        if (Environment.GetEnvironmentVariable("OGREPO_WRITE_OPENAPI") is not null)
            await File.WriteAllTextAsync(path, content);
        Assert.True(File.Exists(path) && content == await File.ReadAllTextAsync(path), $"{name} is out of date: scripts/openapi.sh makes it anew");
    }

    private static string RepositoryRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(here, "../../../../.."));
}
