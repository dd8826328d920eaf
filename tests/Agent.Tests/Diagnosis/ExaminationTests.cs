using System.Text;
using Agent.Cli.Showing;
using Agent.Configuration;
using Agent.Diagnosis;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Diagnosis;

public sealed class ExaminationTests : IDisposable
{
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(60);

    private readonly FakeServer _server = new();

    [Fact]
    public async Task A_check_that_fails_keeps_what_it_found_and_the_others_go_on()
    {
        var findings = await RunAsync(Ample, new MadeUp("one", found => { found.Ok("fine"); throw new IOException("gone"); }), new MadeUp("two", found => found.Ok("fine")));

        Assert.Equal([("one", Severity.Ok, "fine"), ("one", Severity.Warning, "it could not be told: gone"), ("two", Severity.Ok, "fine")], findings.Select(Shown));
    }

    [Fact]
    public async Task A_check_that_never_returns_is_given_up()
    {
        using var never = new ManualResetEventSlim();

        var findings = await RunAsync(TimeSpan.FromMilliseconds(50), new MadeUp("one", found => { found.Ok("fine"); never.Wait(); }), new MadeUp("two", found => never.Wait()));
        never.Set();

        Assert.Equal(["fine", "it did not come to an end within 0.1 s", "it did not come to an end within 0.1 s"], findings.Select(finding => finding.Found));
    }

    [Fact]
    public async Task Whoever_ends_the_examination_is_heard()
    {
        using var cancelled = new CancellationTokenSource();
        using var never = new ManualResetEventSlim();
        var running = Examination.RunAsync([new MadeUp("one", _ => { cancelled.Cancel(); never.Wait(); })], _server.Look(), Ample, cancelled.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        never.Set();
    }

    [Fact]
    public async Task All_checks_of_a_server_find_something()
    {
        var findings = await Examination.RunAsync(_server.Look(), CancellationToken.None);

        Assert.Equal(
            ["configuration", "service", "permissions", "keys", "trash", "disk", "ports", "network", "programs", "clock", "times", "inotify", "open files", "agent", "opengnsys", "machine"],
            findings.Select(finding => finding.Check).Distinct());
        Assert.DoesNotContain(findings, finding => finding.Found.StartsWith("it could not be told", StringComparison.Ordinal));
    }

    /// <summary>Without a place for the images there is little that could be looked at.</summary>
    [Theory]
    [InlineData("[repository]\nsettle = \"1s\"", "repository.images: missing")]
    [InlineData("[repository", "agent.toml:1:12")]
    public async Task A_configuration_that_cannot_be_used_is_told_and_what_needs_none_is_looked_at(string toml, string found)
    {
        var surroundings = Unusable(toml);

        var findings = await Examination.RunAsync(surroundings, CancellationToken.None);

        Assert.Contains(findings, finding => finding.Severity == Severity.Error && finding.Found.Contains(found));
        Assert.Equal(["configuration", "clock", "opengnsys", "machine"], findings.Select(finding => finding.Check).Distinct());
    }

    [Theory]
    [InlineData(100)]
    [InlineData(60)]
    [InlineData(20)]
    public void Findings_fit_the_width_and_show_no_steering(int width)
    {
        var lines = Printed(
            [new("disk", Severity.Ok, "images: 60.0 GiB of 100.0 GiB free (60 %)", null), new("permissions", Severity.Error, $"\u001b[31m[red]{string.Concat(Enumerable.Repeat("word ", 40))}", "chmod 600 \u202efile")],
            width);

        Assert.Contains(lines, line => line.StartsWith("ok", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("ERROR", StringComparison.Ordinal) && line.Contains("\\x1b[31m[red]word"));
        Assert.Contains(lines, line => line.Contains("-> chmod 600 \\u202efile"));
        if (width >= 60)
            Assert.All(lines, line => Assert.True(line.Length <= width, line));
    }

    [Fact]
    public void Only_what_is_asked_to_be_coloured_is()
    {
        var findings = new OutputFindings([new("disk", Severity.Ok, "fine", null), new("disk", Severity.Error, "bad", "do")]);

        Assert.Equal(["\u001b[32mok     \u001b[0m  disk  fine", "\u001b[31mERROR  \u001b[0m  disk  bad", "               -> do"], findings.Lines(100, isColoured: true));
        Assert.DoesNotContain(findings.Lines(100, isColoured: false), line => line.Contains('\u001b'));
    }

    [Fact]
    public void No_word_gets_lost() => Prop.ForAll<NonNull<string>, byte>((some, width) =>
    {
        var text = string.Join(' ', Output.Visible(some.Get).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var lines = Printed([new("disk", Severity.Error, text, null)], 60 + width);

        Assert.All(lines, line => Assert.True(line.Length <= 60 + width, line));
        Assert.Equal(text.Replace(" ", ""), string.Concat(lines.Select(line => line.Length > 15 ? line[15..] : "")).Replace(" ", ""));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_report_counts_and_says_what_to_do()
    {
        var report = DiagnosisReport.Of([new("a", Severity.Ok, "fine", null), new("b", Severity.Warning, "so so", "do"), new("c", Severity.Error, "bad", "do <that>")]);

        Assert.Equal((false, 1, 1), (report.Success, report.Errors, report.Warnings));
        var json = Encoding.UTF8.GetString(DiagnosisJson.Write(report));
        Assert.Contains("\"severity\": \"error\"", json);
        Assert.Contains("\"remedy\": \"do <that>\"", json);
    }

    public void Dispose() => _server.Dispose();

    private Task<IReadOnlyList<Finding>> RunAsync(TimeSpan limit, params ICheck[] checks) => Examination.RunAsync(checks, _server.Look(), limit, CancellationToken.None);

    private static (string, Severity, string) Shown(Finding finding) => (finding.Check, finding.Severity, finding.Found);

    private Surroundings Unusable(string toml)
    {
        var root = _server.Look().Root;
        try
        {
            return new Surroundings(AgentConfiguration.Parse(Encoding.UTF8.GetBytes(toml), "agent.toml"), null, "agent.toml", "1") { Root = root };
        }
        catch (ConfigurationException e)
        {
            return new Surroundings(null, e, "agent.toml", "1") { Root = root };
        }
    }

    private static List<string> Printed(IReadOnlyList<Finding> findings, int width) => [.. new OutputFindings(findings).Lines(width, isColoured: false)];

    private sealed class MadeUp(string name, Action<Findings> look) : ICheck
    {
        public string Name => name;

        public Task RunAsync(Surroundings surroundings, Findings findings, CancellationToken cancellation)
        {
            look(findings);
            return Task.CompletedTask;
        }
    }
}
