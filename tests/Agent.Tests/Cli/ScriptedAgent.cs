using System.Net;
using System.Text;
using Agent.Cli.Asking;

namespace Agent.Tests.Cli;

/// <summary>An agent that gives the next of its answers to each request, and the last one again and again; null: nobody is there.</summary>
internal sealed class ScriptedAgent(params string?[] answers) : HttpMessageHandler
{
    /// <summary>Requests so far.</summary>
    public int Requests { get; private set; }

    /// <summary>Status of every answer.</summary>
    public HttpStatusCode Status { get; init; } = HttpStatusCode.OK;

    public AgentConnection Connect() => new(new HttpClient(this) { BaseAddress = new Uri("http://agent.invalid/") });

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = answers[Math.Min(Requests++, answers.Length - 1)] ?? throw new HttpRequestException("Connection refused");
        return Task.FromResult(new HttpResponseMessage(Status) { Content = new StringContent(answer, Encoding.UTF8, "application/json") });
    }
}
