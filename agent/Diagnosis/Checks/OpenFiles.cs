using System.Globalization;

namespace Agent.Diagnosis.Checks;

/// <summary>Whether the agent may open as many descriptors as its peers may need. Measured: two for each client that reads, and some hundred beside.</summary>
internal sealed class OpenFiles : ICheck
{
    private const int PerPeer = 2;
    private const int Beside = 512;
    private const string Heading = "Max open files";

    public string Name => "open files";

    public Task RunAsync(Surroundings surroundings, Findings findings, CancellationToken cancellation)
    {
        var peers = surroundings.Options!.Seeder is { Enabled: true } seeder ? seeder.MaxConnections : 0;
        var needed = PerPeer * peers + Beside;
        var (limit, whose) = Limit(surroundings);
        var found = $"{whose} may open {limit} descriptors; with seeder.max_connections = {peers} it may need {needed}";
        if (limit >= needed)
            findings.Ok(found);
        else
            findings.Warn(found, $"systemctl edit {UnitFile.Name}, and write [Service] and below LimitNOFILE={needed} (without systemd: ulimit -n {needed}); or lower seeder.max_connections");
        return Task.CompletedTask;
    }

    private static (long Limit, string Whose) Limit(Surroundings surroundings)
    {
        if (surroundings.AgentProcess is { } process && OfProcess(surroundings, process.ToString(CultureInfo.InvariantCulture)) is { } running)
            return (running, "the running agent");
        if (surroundings.Unit is { OpenFiles: { } written } && ParseSoft(written) is { } unit)
            return (unit, "the service");
        return (OfProcess(surroundings, "self") ?? throw new IOException("the limit of open files cannot be read"), "a program started here");
    }

    /// <summary>The soft limit; the runtime raises it to the hard one at the start of the agent, as it has done for this command.</summary>
    private static long? OfProcess(Surroundings surroundings, string process)
    {
        try
        {
            return File.ReadLines(surroundings.Root.At($"/proc/{process}/limits")).Select(ParseLine).FirstOrDefault(limit => limit is not null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The soft limit of the line of <c>/proc/PID/limits</c> that has it; null for the others.</summary>
    internal static long? ParseLine(string line) =>
        line.StartsWith(Heading, StringComparison.Ordinal) ? ParseSoft(line[Heading.Length..].Trim().Split(' ')[0]) : null;

    /// <summary>A limit as systemd has it, or the kernel: <c>SOFT</c> or <c>SOFT:HARD</c>.</summary>
    private static long? ParseSoft(string text) => text.Split(':')[0] switch
    {
        "unlimited" or "infinity" => long.MaxValue,
        var number => long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null,
    };
}
