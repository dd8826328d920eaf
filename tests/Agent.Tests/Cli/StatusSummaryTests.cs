using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Live;
using Agent.Cli.Showing;
using Agent.Cli.StatusCommands;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Cli;

public sealed class StatusSummaryTests
{
    private static readonly StatusResponse AtRest = new()
    {
        Version = "1.2.3",
        UptimeSeconds = 90_061,
        Listen = ["http://127.0.0.1:8006"],
        Revision = 7,
        Images = 3,
        Locked = 1,
        Indexed = 2,
        Indexing = LiveStates.AtRest.Indexing,
        Checks = LiveStates.AtRest.Checks,
        Tracker = new TrackerResponse("0.0.0.0:6969", 2, 4),
        Seeder = new SeederResponse("0.0.0.0:6881", 4, 2048),
        Disk = new DiskResponse(1L << 40, 1L << 39),
        Problems = [],
    };

    private static readonly PublishedRepository Published = new("images.example.org", false, 7, LiveStates.Time, null);

    private static readonly StatusFacts Quiet = new(AtRest)
    {
        Jobs = new JobListResponse(true, []),
        Transmissions = new TransmissionListResponse(true, []),
        Trash = new TrashResponse(true, [new TrashedImageResponse("1", "Old.img", LiveStates.Time, 2048)]),
        Remotes = new RemoteListResponse(true, [new RemoteResponse("campus2", "http://192.168.60.10:8006", "agent", true, "reachable"), new RemoteResponse("old", "og@old", "legacy", false, null)]),
        Globals = new GlobalListResponse(true, []),
        Repositories = [Published, Published],
    };

    [Fact]
    public void Everything_is_there_at_one_glance()
    {
        var text = Text(Quiet);

        Assert.Matches(@"Version +1\.2\.3, up 1\.01:01:01, at http://127\.0\.0\.1:8006\n", text);
        Assert.Matches(@"Images +3, of these 2 indexed, 1 locked, 0 damaged \(revision 7\)\n", text);
        Assert.Matches(@"Disk +512\.0 GiB of 1\.0 TiB free\n", text);
        Assert.Matches(@"Indexing +nothing to do\n", text);
        Assert.Matches(@"Checks +none due\n", text);
        Assert.Matches(@"Transmissions +0 under way, 0 failed\n", text);
        Assert.Matches(@"Jobs +0 running, 0 waiting, 0 failed\n", text);
        Assert.Matches(@"Trash +1 image, 2\.0 KiB\n", text);
        Assert.Matches(@"Tracker +0\.0\.0\.0:6969, 2 torrents, 4 peers\n", text);
        Assert.Matches(@"Seeder +0\.0\.0\.0:6881, 4 peers, 2\.0 KiB sent\n", text);
        Assert.Matches(@"Remotes +2, all well\n", text);
        Assert.Matches(@"Repository +images\.example\.org, revision 7 of 2026-\S+ \S+, 1 more\n", text);
        Assert.Matches(@"Problems +none$", text);
    }

    [Fact]
    public void Work_is_told_with_rates_and_remaining_time()
    {
        var reading = new ImageProgressResponse("A.img", false, 1L << 30, 1L << 31, 1 << 20, 60);
        var text = Text(Quiet with
        {
            Status = AtRest with { Indexing = new IndexingResponse("A.img", 0, 0, 5, 1L << 40, 1 << 20, 3661, [reading]), Checks = new CheckingResponse(reading, 6, 1, null, 0) },
            Jobs = new JobListResponse(true, [LiveStates.Job("1", "RUNNING", "B.img"), LiveStates.Job("2", "WAITING")]),
            Transmissions = new TransmissionListResponse(true, [LiveStates.Transmission("3", "sending", "C.img", 500)]),
        });

        Assert.Matches(@"Indexing +1 at work, 5 wait \(1\.0 TiB\), 1\.0 MiB/s, 1:01:01 left\n +A\.img, 50 %, 1\.0 GiB of 2\.0 GiB\n", text);
        Assert.Matches(@"Checks +A\.img, 50 %, 1\.0 GiB of 2\.0 GiB, 6 due\n", text);
        Assert.Matches(@"Transmissions +1 under way, 0 failed\n +C\.img, udpcast sending, 2 clients, 50 %, 10 B/s\n", text);
        Assert.Matches(@"Jobs +1 running, 1 waiting, 0 failed\n +B\.img, check RUNNING\n", text);
    }

    [Fact]
    public void Problems_come_with_what_helps_and_many_are_counted()
    {
        var facts = Quiet with
        {
            Status = AtRest with { Disk = new DiskResponse(1000, 10), Checks = new CheckingResponse(null, 0, 0, null, 1) },
            Damaged = ["Bad.img"],
            Remotes = new RemoteListResponse(true, [new RemoteResponse("campus2", "", "agent", true, "No route to host")]),
            Repositories = null,
            RepositoryProblem = "cvmfs.enabled is false.",
        };

        Assert.Matches(@"Problems +Bad\.img is damaged: ""check"" tells where.*\n +the disk is nearly full: 10 B are free.*\n +remote campus2: No route to host$", Text(facts));
        Assert.Matches(@"Remotes +1, 1 of these cannot be reached\n", Text(facts));
        Assert.Contains("not published: cvmfs.enabled is false.", Text(facts));

        var many = Text(facts with { Jobs = new JobListResponse(true, [.. Enumerable.Range(0, 9).Select(index => LiveStates.Job($"{index}", "FAILED", error: "No."))]) });
        Assert.Contains("check of A.img: No.", many);
        Assert.EndsWith("and 8 more: see \"jobs\", \"transmissions\", \"globals\", \"remotes\"", many);
    }

    [Fact]
    public void What_is_not_known_is_left_out_or_said() => Assert.Matches(@"Remotes +not known", Text(new StatusFacts(AtRest)));

    [Fact]
    public void Any_state_fits_one_screen_and_no_line_is_too_wide()
    {
        Prop.ForAll(LiveStates.Any().ToArbitrary(), Gen.Choose(Output.LeastWidth, 200).ToArbitrary(), (state, width) =>
        {
            var lines = StatusSummary.Lines(Of(state), width).ToList();

            Assert.All(lines, line => Assert.InRange(Cells.Of(line), 0, width));
            if (width >= StatusSummary.Screen.Columns)
                Assert.InRange(lines.Count, 1, StatusSummary.Screen.Rows);
        }).QuickCheckThrowOnFailure();
    }

    private static StatusFacts Of(LiveState state) => Quiet with
    {
        Status = AtRest with { Indexing = (state.Now ?? LiveStates.AtRest).Indexing, Checks = (state.Now ?? LiveStates.AtRest).Checks, Listen = [.. state.Jobs.Select(job => job.Error ?? "")] },
        Jobs = new JobListResponse(true, state.Jobs),
        Transmissions = new TransmissionListResponse(true, state.Transmissions),
        Globals = new GlobalListResponse(true, [.. state.Swarms.Select(swarm => new GlobalCopyResponse(swarm.Image, swarm.Image, "conflict", null, null, swarm.Image, null))]),
        Remotes = new RemoteListResponse(true, [.. state.Swarms.Select(swarm => new RemoteResponse(swarm.Image, "", "agent", true, swarm.Image))]),
        Damaged = [.. state.Swarms.Select(swarm => swarm.Image)],
        Repositories = state.AwayReason is null ? [Published with { Name = state.ListProblem ?? "" }] : null,
        RepositoryProblem = state.AwayReason,
    };

    private static string Text(StatusFacts facts) => string.Join('\n', StatusSummary.Lines(facts, 100));
}
