using System.Net;
using Agent.Common.Processes;

namespace Agent.Transmissions;

/// <summary>Starts sending programs, one for each transmission, and sees to it that they end.</summary>
public sealed partial class SenderLauncher(
    TransmissionRegistry registry,
    ChildProcesses children,
    ISenderNetwork network,
    TransmissionOptions options,
    TimeProvider time,
    ILogger<SenderLauncher> logger)
{
    private readonly PortPairs _ports = new();

    /// <summary>How this server sends.</summary>
    internal TransmissionOptions Options => options;

    /// <summary>The network that it sends into.</summary>
    internal ISenderNetwork Network => network;

    /// <summary>Ends the senders that an earlier run of this agent left behind; to be called once, before the first transmission.</summary>
    public void EndOrphans()
    {
        foreach (var orphan in children.EndOrphans())
            LogOrphan(orphan);
    }

    /// <summary>
    /// The interface to send from, as the programs take it: its name where one is configured, else the advertised address, which unlike a
    /// name cannot be taken for another interface.
    /// </summary>
    /// <exception cref="TransmissionException">There is no such interface.</exception>
    internal string Interface()
    {
        if (options.Interface is { } name)
        {
            return network.HasInterface(name)
                ? name
                : throw new TransmissionException(TransmissionError.NoInterface, $"this server has no network interface {name}");
        }
        return network.InterfaceOf(options.Advertise) is not null && !options.Advertise.Equals(IPAddress.Any)
            ? options.Advertise.ToString()
            : throw new TransmissionException(
                TransmissionError.NoInterface,
                $"no network interface of this server holds its advertised address {options.Advertise}, so there is none to send from");
    }

    /// <summary>Starts a sender and returns as soon as it announces the transmission.</summary>
    /// <exception cref="TransmissionException">It could not be started; nothing is left of it.</exception>
    internal async Task<TransmissionSnapshot> StartAsync(SenderPlan plan, CancellationToken cancellationToken)
    {
        var image = SendableImage.Check(plan.ImagePath);
        if (Executable.Find(plan.Program) is null)
        {
            throw new TransmissionException(
                TransmissionError.ProgramMissing, $"{plan.Program} is not installed; it is in Debian's package {plan.Package}");
        }
        var ports = _ports.Reserve(plan.Port, plan.ImagePath);
        var transmission = new Transmission(plan.Protocol, plan.ImagePath, image, plan.Parameters, time);
        transmission.Own(ports);
        try
        {
            var run = await AnnounceAsync(plan, transmission, cancellationToken);
            LogStarted(transmission.Id, plan.Protocol, plan.ImagePath, plan.Port);
            _ = SuperviseAsync(run);
            return transmission.Snapshot;
        }
        catch (Exception e)
        {
            registry.Forget(transmission);
            transmission.End(TransmissionState.Failed, e.Message);
            throw;
        }
    }

    private async Task<SenderRun> AnnounceAsync(SenderPlan plan, Transmission transmission, CancellationToken cancellationToken)
    {
        if (plan.BoundPort is { } port && !network.IsFree(port))
            throw new TransmissionException(TransmissionError.PortBusy, $"UDP port {port} is in use by another program");
        var run = Run(plan, transmission);
        try
        {
            // Only now, so that there is something to cancel from the first moment on.
            registry.Add(transmission, run.CancelAsync);
            await run.WaitForAnnouncementAsync(options.StartLimit, cancellationToken);
            registry.Announce(transmission);
            return run;
        }
        catch
        {
            await run.CancelAsync();
            throw;
        }
    }

    private SenderRun Run(SenderPlan plan, Transmission transmission)
    {
        try
        {
            return new SenderRun(plan, transmission, children, time);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            throw new TransmissionException(TransmissionError.StartFailed, e.Message);
        }
    }

    private async Task SuperviseAsync(SenderRun run)
    {
        var outcome = await run.SuperviseAsync();
        run.Transmission.End(outcome.State, outcome.Problem);
        var end = run.Transmission.Snapshot;
        LogEnded(end.Id, end.State, end.BytesSent, end.Receivers.Count, end.Problem ?? "no problem");
    }

    [LoggerMessage(4101, LogLevel.Information, "Transmission {Id} started: {Protocol} of {Image} on port {Port}")]
    private partial void LogStarted(string id, TransmissionProtocol protocol, string image, int port);

    [LoggerMessage(4102, LogLevel.Information, "Transmission {Id} ended: {State}, {Bytes} bytes, {Receivers} receivers, {Problem}")]
    private partial void LogEnded(string id, TransmissionState state, long bytes, int receivers, string problem);

    [LoggerMessage(4103, LogLevel.Warning, "Ended a child process of an earlier run: {Command}")]
    private partial void LogOrphan(string command);
}
