using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Agent.Common.Processes;

namespace Agent.Transmissions.Uftp;

/// <summary>Understands <c>uftp -S @LOG</c> (version 4.10).</summary>
internal sealed partial class UftpOutput(Transmission transmission) : SenderOutput(transmission)
{
    private const int NobodyRegistered = 7;

    private bool _hasStarted;
    private int _sections;
    private int _pass;

    public override Outcome Judge(ChildExit exit)
    {
        if (exit.Signal is { } signal)
            return new Outcome(TransmissionState.Failed, $"uftp was ended by signal {signal}, not by this agent");
        if (exit.Code == NobodyRegistered)
            return new Outcome(TransmissionState.Failed, "no receiver has come within the waiting time");
        if (!exit.IsSuccess)
            return Failure($"uftp ended with {exit}");
        return _hasStarted ? JudgeReceivers() : Failure("uftp ended without sending anything");
    }

    protected override void Understand(string line)
    {
        Transmission.Touch();
        if (IsNoise(line))
            return;
        Transmission.Log(line);
        if (RegisteredLine().Match(line) is { Success: true } registered)
            Register(registered.Groups["id"].Value);
        else if (line == "Sending file")
            Start();
        else if (SizeLine().Match(line) is { Success: true } size)
            _sections = Number(size.Groups["s"]);
        else if (PassLine().Match(line) is { Success: true } pass)
            _pass = Number(pass.Groups["n"]);
        else if (ResultLine().Match(line) is { Success: true } result)
            Finish(result);
        else if (AbortLine().Match(line) is { Success: true } abort)
            Lose(abort.Groups["id"].Value, abort.Groups["why"].Value);
        else if (FailedLine().Match(line) is { Success: true } failed)
            Lose(failed.Groups["id"].Value, "could not be connected");
        else if (SilentLine().Match(line) is { Success: true } silent)
            Lose(silent.Groups["id"].Value, "did not answer any more");
    }

    /// <summary>What is repeated over and over is taken in but does not push everything else out of the log.</summary>
    private bool IsNoise(string line)
    {
        if (line.StartsWith("Sending ANNOUNCE", StringComparison.Ordinal))
        {
            HasAnnounced();
            return true;
        }
        if (SectionLine().Match(line) is { Success: true } section)
        {
            // Later passes repeat only what got lost.
            if (_pass <= 1 && _sections > 0)
                Transmission.Progress((long)((double)Transmission.Image.Length * Number(section.Groups["n"]) / _sections));
            return true;
        }
        return LossLine().IsMatch(line);
    }

    private void Register(string id)
    {
        if (Transmission.Find(Name(id)) is null)
            Transmission.Set(Name(id), new Receiver(Name(id), ReceiverState.Connected));
    }

    private void Start()
    {
        _hasStarted = true;
        Transmission.BeginSending();
    }

    private void Finish(Match result)
    {
        var status = result.Groups["st"].Value;
        var name = Name(result.Groups["id"].Value);
        if (status is "copy" or "overwritten" or "skipped")
        {
            var speed = result.Groups["kbs"] is { Success: true } rate ? $"{rate.Value} KB/s" : status;
            Transmission.Set(name, new Receiver(name, ReceiverState.Finished, speed));
        }
        else
        {
            Lose(name, status);
        }
    }

    private void Lose(string id, string why) => Transmission.Update(
        Name(id), known => known.State == ReceiverState.Lost ? known : known with { State = ReceiverState.Lost, Detail = why });

    /// <summary>A client calls itself by its address in hexadecimal digits, which is printed with or without <c>0x</c>.</summary>
    private static string Name(string id)
    {
        var digits = id.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? id.AsSpan(2) : id;
        return digits.Length == 8 && uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            ? new IPAddress([(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number]).ToString()
            : id;
    }

    private static int Number(Group digits) =>
        int.TryParse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex(@"^Received (?:REGISTER|CLIENT_KEY)\+? from (?:client )?(?<id>\S+)")]
    private static partial Regex RegisteredLine();

    [GeneratedRegex(@"^CONNECT;failed;(?<id>.+)$")]
    private static partial Regex FailedLine();

    [GeneratedRegex(@"^Bytes: \d+  Blocks: \d+  Sections: (?<s>\d+)$")]
    private static partial Regex SizeLine();

    [GeneratedRegex(@"^Starting pass (?<n>\d+)$")]
    private static partial Regex PassLine();

    [GeneratedRegex(@"^Sending section (?<n>\d+)$")]
    private static partial Regex SectionLine();

    [GeneratedRegex(@"^Got \d+ NAKs for section \d+ from client ")]
    private static partial Regex LossLine();

    [GeneratedRegex(@"^Transfer aborted by (?<id>[^ :]+): (?<why>.*)$")]
    private static partial Regex AbortLine();

    [GeneratedRegex(@"^RESULT;(?<id>[^;]*);.*;\d+KB;(?<st>[a-z]+);(?:(?<kbs>[\d.]+)KB/s)?$")]
    private static partial Regex ResultLine();

    [GeneratedRegex(@"^No response from (?<id>\S+)$")]
    private static partial Regex SilentLine();
}
