using System.Text.Json;
using Agent.Api;
using Agent.Cli.Live;
using Agent.Web.Live;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Cli;

/// <summary>States of an agent that is watched: one that is easy to read in tests, and any at all.</summary>
internal static class LiveStates
{
    /// <summary>When all of them were told.</summary>
    public static readonly DateTimeOffset Time = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private static readonly string[] Names =
        ["A.img", "aula1/Windows 10 of the second room.img", new string('n', 255), "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字.img", "new\nline \u001b[31mred.img", "e\u0301\u0301.img", ""];

    /// <summary>An agent with a few images at rest.</summary>
    public static LiveResponse AtRest { get; } = new()
    {
        Version = "1.2.3",
        Started = Time.AddHours(-1),
        Revision = 7,
        Images = 3,
        Bytes = 3_000_000,
        Locked = 1,
        Indexed = 2,
        Indexing = new IndexingResponse(null, 0, 0, 0, 0, 0, null, []),
        Checks = new CheckingResponse(null, 0, 0, null, 0),
        Disk = new DiskResponse(1L << 40, 1L << 39),
        Peers = 4,
        UploadedBytes = 5_000,
        Jobs = new LiveWork(0, 0, 0, 1),
        Transmissions = new LiveWork(0, 0, 0, 1),
        GlobalsMark = 0,
    };

    /// <summary>What is known of that agent.</summary>
    public static LiveState Known { get; } = new LiveState(new Uri("http://127.0.0.1:8006/")) with { Now = AtRest, Told = Time, HasLists = true };

    /// <summary>A job.</summary>
    public static JobResponse Job(string id, string state, string image = "A.img", string? error = null) => new()
    {
        Id = id,
        Kind = "check",
        State = state,
        Parameters = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["image"] = image }),
        Created = Time,
        Ended = state is "FAILED" or "FINISHED" ? Time : null,
        Error = error,
    };

    /// <summary>A transmission.</summary>
    public static TransmissionResponse Transmission(string id, string state, string image = "A.img", long sent = 0, string? problem = null) => new()
    {
        Id = id,
        Protocol = "udpcast",
        Image = image,
        State = state,
        Parameters = new Dictionary<string, string>(),
        Problem = problem,
        Created = Time,
        Ended = state is "failed" or "done" ? Time : null,
        Clients = 2,
        Receivers = [],
        BytesSent = sent,
        BytesTotal = 1000,
        BytesPerSecond = 10,
        Log = [],
    };

    /// <summary>Any state, with hostile names and numbers of any size.</summary>
    public static Gen<LiveState> Any() =>
        from reading in Gen.ListOf(Reading())
        from jobs in Gen.ListOf(Jobs())
        from transmissions in Gen.ListOf(Transmissions())
        from swarms in Gen.ListOf(Swarms())
        from number in Numbers()
        from isAway in Gen.Elements(true, false)
        from problem in Gen.Elements([null, "The API key is missing.", Names[4]])
        from isKnown in Gen.Frequency((9, Gen.Constant(true)), (1, Gen.Constant(false)))
        select Known with
        {
            Now = isKnown ? AtRest with
            {
                Images = (int)(number % int.MaxValue),
                Bytes = number,
                UploadedBytes = number,
                Indexing = new IndexingResponse(null, 0, 0, reading.Count, number, number, number, reading),
                Checks = new CheckingResponse(reading.FirstOrDefault(), reading.Count, number, Time, jobs.Count),
            } : null,
            Jobs = jobs,
            Transmissions = transmissions,
            Swarms = swarms,
            UploadRate = number,
            ListProblem = problem,
            AwaySince = isAway ? Time : null,
            AwayReason = isAway ? Names[4] : null,
        };

    private static Gen<long> Numbers() => Gen.Elements(0L, 1, 999, 1023, 1 << 20, 1L << 40, long.MaxValue);

    private static Gen<string> SomeName() => Gen.Elements(Names);

    private static Gen<ImageProgressResponse> Reading() =>
        from name in SomeName() from done in Numbers() from total in Numbers() select new ImageProgressResponse(name, true, done, total, done, total);

    private static Gen<JobResponse> Jobs() =>
        from state in Gen.Elements("WAITING", "RUNNING", "FAILED", "FINISHED") from name in SomeName() from error in SomeName() select Job("1", state, name, error);

    private static Gen<TransmissionResponse> Transmissions() =>
        from state in Gen.Elements("waiting", "sending", "failed", "done") from name in SomeName() from sent in Numbers() select Transmission("1", state, name, sent, name);

    private static Gen<ImageSwarmResponse> Swarms() =>
        from name in SomeName() from bytes in Numbers() select new ImageSwarmResponse(name, 3, 4, bytes, bytes, []);
}
