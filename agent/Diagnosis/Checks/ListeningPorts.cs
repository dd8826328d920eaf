using System.Globalization;
using System.Net;
using Agent.Common;
using Agent.Configuration;
using Agent.Diagnosis.Asking;
using Agent.Diagnosis.Kernel;

namespace Agent.Diagnosis.Checks;

/// <summary>Whether every port is free, or the agent's own; and else whose it is.</summary>
internal sealed class ListeningPorts : ICheck
{
    private const int FirstOrdinaryPort = 1024;

    /// <summary>Programs that the agent itself starts on ports of transmissions.</summary>
    private static readonly string[] Senders = ["udp-sender", "uftp"];

    public string Name => "ports";

    public async Task RunAsync(Surroundings surroundings, Findings findings, CancellationToken cancellation)
    {
        var agent = await surroundings.Agent;
        foreach (var port in Wanted(surroundings.Options!))
            Check(surroundings, port, agent, findings);
        CheckTransmissions(surroundings, findings);
    }

    private static IEnumerable<WantedPort> Wanted(AgentOptions options)
    {
        yield return new WantedPort("server.listen", true, options.Server.Listen);
        if (options.Tracker.Enabled)
            yield return new WantedPort("tracker.listen", true, options.Tracker.Listen);
        if (options.Tracker is { Enabled: true, Udp: true })
            yield return new WantedPort("tracker.listen", false, options.Tracker.Listen);
        if (options.Seeder.Enabled)
            yield return new WantedPort("seeder.listen", true, options.Seeder.Listen);
        if (options.Cvmfs is { Enabled: true, ReplicaListen: { } replicas })
            yield return new WantedPort("cvmfs.replica_listen", true, replicas);
    }

    private static void Check(Surroundings surroundings, WantedPort port, AgentAnswers agent, Findings findings)
    {
        var holders = surroundings.Sockets.Where(socket => socket.IsTcp == port.IsTcp && (!socket.IsTcp || socket.IsListening) && Endpoints.Collide(socket.Local, port.Address)).ToList();
        if (port.Address.Port == 0)
            findings.Ok($"{port}: any free port");
        else if (!IsOfThisServer(surroundings, port.Address.Address))
            findings.Fail($"{port}: no interface of this server has the address {port.Address.Address}", $"Set {port.Key} to an address of this server (ip address), or to 0.0.0.0:{Number(port.Address.Port)}");
        else if (holders.Count > 0)
            CheckHolders(surroundings, port, holders, agent, findings);
        else if (agent.Presence == AgentPresence.Present)
            findings.Warn($"{port}: the running agent does not listen there, so it was started with another configuration", "systemctl restart ogrepo-agent");
        else if (port.Address.Port < FirstUnprivileged(surroundings) && surroundings.User.User != 0)
            findings.Fail($"{port}: only root may listen on it, and the agent runs as {surroundings.User.Name}", $"Choose a port from {Number(FirstOrdinaryPort)} on; for the API: systemctl edit ogrepo-agent.socket, with ListenStream={port.Address}");
        else
            findings.Ok($"{port}: free");
    }

    private static void CheckHolders(Surroundings surroundings, WantedPort port, List<SocketEntry> holders, AgentAnswers agent, Findings findings)
    {
        var processes = holders.SelectMany(socket => surroundings.Processes.OwnersOf(socket.Inode)).Distinct().ToList();
        if (processes.Find(process => process.IsAgent) is { } own && (agent.Presence != AgentPresence.Present || surroundings.AgentProcess is not { } asked || asked == own.Id))
            findings.Ok($"{port}: the agent's (process {Number(own.Id)})");
        else if (processes.Exists(process => process.IsSystemd) && port.Key == "server.listen")
            findings.Ok($"{port}: held by systemd for the agent (ogrepo-agent.socket)");
        else if (processes.Count > 0)
            findings.Fail($"{port}: taken by {Shown(surroundings, processes[0])}", Remedy(processes[0], port.Key));
        else if (agent.Presence == AgentPresence.Present && holders.TrueForAll(socket => socket.User == surroundings.User.User || IsOfAgent(surroundings, socket.User)))
            findings.Ok($"{port}: taken by a process of {surroundings.Accounts.NameOf(holders[0].User)}, the agent as it seems");
        else
            findings.Fail($"{port}: taken by a process of {surroundings.Accounts.NameOf(holders[0].User)}, which only root can see", $"See which: sudo ss -lpn 'sport = :{Number(port.Address.Port)}'; stop it, or change {port.Key}");
    }

    private static void CheckTransmissions(Surroundings surroundings, Findings findings)
    {
        var options = surroundings.Options!.Transmissions;
        var taken = surroundings.Sockets
            .Where(socket => !socket.IsTcp && socket.IsListening && socket.Local.Port >= options.FirstPort && socket.Local.Port <= options.LastPort + 1)
            .Select(socket => (socket.Local.Port, Process: surroundings.Processes.OwnersOf(socket.Inode) is [var first, ..] ? first : null))
            .Where(holder => holder.Process is not { } process || !(process.IsAgent || Senders.Contains(process.Name)))
            .DistinctBy(holder => holder.Port).ToList();
        var range = $"transmissions, UDP {Number(options.FirstPort)} to {Number(options.LastPort)}";
        if (taken.Count == 0)
            findings.Ok($"{range}: free");
        foreach (var (port, process) in taken.Take(5))
            findings.Warn($"{range}: {Number(port)} is taken by {(process is null ? "another program" : Shown(surroundings, process))}", "Stop it, or move the range by transmissions.first_port and last_port");
    }

    /// <summary>True where a socket is of the user whose the API's is.</summary>
    private static bool IsOfAgent(Surroundings surroundings, uint user) =>
        surroundings.Sockets.Any(socket => socket.IsTcp && socket.IsListening && socket.User == user && Endpoints.Collide(socket.Local, surroundings.Options!.Server.Listen));

    private static bool IsOfThisServer(Surroundings surroundings, IPAddress address) =>
        Endpoints.IsWildcard(address) || IPAddress.IsLoopback(address) || surroundings.Cards().Any(card => card.Addresses.Contains(address));

    private static int FirstUnprivileged(Surroundings surroundings)
    {
        var file = surroundings.Root.At("/proc/sys/net/ipv4/ip_unprivileged_port_start");
        return File.Exists(file) && int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var first) ? first : FirstOrdinaryPort;
    }

    private static string Shown(Surroundings surroundings, ProcessEntry process) => $"{process.Name} (process {Number(process.Id)}, user {surroundings.Accounts.NameOf(process.User)})";

    private static string Remedy(ProcessEntry process, string key) =>
        $"Stop it (which service it is: systemctl status {Number(process.Id)}), or change {key}";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A port that the agent wants.</summary>
    private sealed record WantedPort(string Key, bool IsTcp, IPEndPoint Address)
    {
        public override string ToString() => $"{Key} {Address}{(IsTcp ? "" : " (UDP)")}";
    }
}
