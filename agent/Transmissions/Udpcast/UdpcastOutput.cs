using System.Globalization;
using System.Text.RegularExpressions;
using Agent.Common.Processes;

namespace Agent.Transmissions.Udpcast;

/// <summary>
/// Understands <c>udp-sender</c> (version 20120424). Its exit code and its "Transfer complete" prove nothing, since it says both even when
/// all receivers are dead: what counts are the bytes that they acknowledged and when they left.
/// </summary>
internal sealed partial class UdpcastOutput(Transmission transmission) : SenderOutput(transmission)
{
    private bool _hasStarted;
    private bool _isComplete;
    private long _acknowledged;
    private long _unit = 1;

    public override Outcome Judge(ChildExit exit)
    {
        if (exit.Signal is { } signal)
            return new Outcome(TransmissionState.Failed, $"udp-sender was ended by signal {signal}, not by this agent");
        if (!exit.IsSuccess)
            return Failure($"udp-sender ended with {exit}");
        if (!_hasStarted)
            return Failure("udp-sender ended without sending anything");
        var total = Transmission.Image.Length;
        if (_acknowledged < total / _unit)
            return new Outcome(TransmissionState.Failed, $"all receivers were lost after {_acknowledged * _unit} of {total} bytes");
        return JudgeReceivers();
    }

    protected override void Understand(string line)
    {
        if (ProgressLine().Match(line) is { Success: true } progress)
        {
            ReadProgress(progress);
            return;
        }
        Transmission.Log(line);
        if (WaitingLine().IsMatch(line))
            HasAnnounced();
        else if (ConnectedLine().Match(line) is { Success: true } connected)
            Transmission.Set(connected.Groups["n"].Value, new Receiver(connected.Groups["ip"].Value, ReceiverState.Connected));
        else if (StartedLine().IsMatch(line))
            Start();
        else if (DroppedLine().Match(line) is { Success: true } dropped)
            Lose(dropped.Groups["n"].Value, "did not answer any more");
        else if (LeftLine().Match(line) is { Success: true } left)
            Leave(left.Groups["n"].Value);
        else if (line.StartsWith("Transfer complete.", StringComparison.Ordinal))
            _isComplete = true;
    }

    private void Start()
    {
        _hasStarted = true;
        Transmission.BeginSending();
    }

    /// <summary>The counter is in bytes, from 10^9 on in KiB, and from 10^12 on in MiB, rounded down.</summary>
    private void ReadProgress(Match progress)
    {
        var digits = progress.Groups["v"].Value.Replace(" ", "", StringComparison.Ordinal);
        if (!long.TryParse(digits.Length == 0 ? "0" : digits, NumberStyles.None, CultureInfo.InvariantCulture, out _acknowledged))
            return;
        _unit = progress.Groups["u"].Value switch { "K" => 1024, "M" => 1024 * 1024, _ => 1 };
        Transmission.Progress(_acknowledged * _unit);
    }

    /// <summary>One who leaves before the start will not be missed; after the end he leaves because he has everything.</summary>
    private void Leave(string number)
    {
        if (!_hasStarted)
            Transmission.Remove(number);
        else if (!_isComplete)
            Lose(number, "left before the end");
        else
            Transmission.Update(number, known => known.State == ReceiverState.Lost ? known : known with { State = ReceiverState.Finished });
    }

    private void Lose(string number, string why) => Transmission.Update(
        number, known => known.State == ReceiverState.Lost ? known : known with { State = ReceiverState.Lost, Detail = why });

    [GeneratedRegex(@"^bytes=(?<v>[ 0-9]*)(?<u>[KM]?) *re-xmits=")]
    private static partial Regex ProgressLine();

    [GeneratedRegex(@"^Broadcasting control to ")]
    private static partial Regex WaitingLine();

    [GeneratedRegex(@"^New connection from (?<ip>[\d.]+)\s+\(#(?<n>\d+)\)")]
    private static partial Regex ConnectedLine();

    [GeneratedRegex(@"^Starting transfer: ")]
    private static partial Regex StartedLine();

    [GeneratedRegex(@"^Dropping client #(?<n>\d+) because of timeout$")]
    private static partial Regex DroppedLine();

    [GeneratedRegex(@"^Disconnecting #(?<n>\d+) \(")]
    private static partial Regex LeftLine();
}
