using System.CommandLine;
using System.Globalization;
using Agent.Api;
using Agent.Cli.Showing;
using Agent.Common;

namespace Agent.Cli.SendCommands;

/// <summary>What several commands say of transmissions.</summary>
internal static class TransmissionText
{
    /// <summary>The argument that names a transmission.</summary>
    public static Argument<string> CreateArgument() => new("ID") { Description = "The transmission, as \"transmissions\" lists it." };

    /// <summary>The option that names a protocol.</summary>
    public static Option<string?> CreateProtocol(string description)
    {
        var protocol = new Option<string?>("--protocol") { Description = description, HelpName = "PROTOCOL" };
        protocol.AcceptOnlyFromAmong("udpcast", "uftp", "p2p");
        return protocol;
    }

    /// <summary>True for one that will not change any more.</summary>
    public static bool HasEnded(TransmissionResponse transmission) => transmission.Ended is not null;

    /// <summary>Clients that have got the whole image, those of a swarm included that have left since.</summary>
    public static long Finished(TransmissionResponse transmission) =>
        transmission.Swarm?.Finished ?? transmission.Receivers.Count(receiver => receiver.State == "finished");

    /// <summary>How far it is.</summary>
    public static ProgressStep Step(TransmissionResponse transmission) => new(
        transmission.Image,
        $"{transmission.Protocol} {transmission.State}, {Clients(transmission)}",
        transmission.BytesSent,
        transmission.BytesTotal,
        transmission.BytesPerSecond,
        Remaining(transmission));

    /// <summary>Prints all that is known of a transmission.</summary>
    public static void Print(TransmissionResponse transmission)
    {
        var facts = new OutputFacts();
        facts.Add("Transmission", transmission.Id);
        facts.Add("Image", transmission.Image);
        facts.Add("State", transmission.State);
        facts.Add("Problem", transmission.Problem);
        facts.Add("Protocol", transmission.Protocol);
        foreach (var (name, value) in transmission.Parameters)
            facts.Add($"  {name}", value);
        facts.Add("Clients", Clients(transmission));
        facts.Add("Swarm", transmission.Swarm is { } swarm ? $"{swarm.Complete} complete, {swarm.Incomplete} incomplete" : null);
        facts.Add("Sent", $"{Sizes.Rounded(transmission.BytesSent)} of {Sizes.Rounded(transmission.BytesTotal)}, {Shown.Rate(transmission.BytesPerSecond)}".TrimEnd(' ', ','));
        facts.Add("Started", Shown.Time(transmission.Created));
        facts.Add("Sending since", Shown.Time(transmission.SendingSince));
        facts.Add("Ended", Shown.Time(transmission.Ended));
        facts.Print();
        if (transmission.Receivers.Count > 0)
            PrintReceivers(transmission);
        foreach (var line in transmission.Log)
            Output.Line($"  {line}");
    }

    private static void PrintReceivers(TransmissionResponse transmission)
    {
        var table = new OutputTable("Client", "State", ">Has", ">From here", "Detail");
        foreach (var receiver in transmission.Receivers)
        {
            var has = receiver.BytesDone is { } done ? Shown.Percent(done, transmission.BytesTotal) : "";
            table.Add(receiver.Name, receiver.State, has, receiver.BytesFromHere is { } bytes ? Sizes.Rounded(bytes) : "", receiver.Detail ?? "");
        }
        table.Print("");
    }

    private static string Clients(TransmissionResponse transmission)
    {
        var clients = string.Create(CultureInfo.InvariantCulture, $"{transmission.Clients} client{(transmission.Clients == 1 ? "" : "s")}");
        return Finished(transmission) is > 0 and var finished ? $"{clients}, {finished} finished" : clients;
    }

    private static long? Remaining(TransmissionResponse transmission) => transmission is { State: "sending", BytesPerSecond: > 0, Protocol: not "p2p" }
        ? (transmission.BytesTotal - transmission.BytesSent) / transmission.BytesPerSecond
        : null;
}
