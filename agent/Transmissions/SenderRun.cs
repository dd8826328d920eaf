using Agent.Common;
using Agent.Common.Processes;

namespace Agent.Transmissions;

/// <summary>One run of a sending program, from its start to its end.</summary>
internal sealed class SenderRun
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly SenderPlan _plan;
    private readonly SenderOutput _output;
    private readonly ChildProcess _child;
    private readonly TimeProvider _time;
    private long _position;
    private volatile bool _isCancelled;
    private volatile string? _verdict;

    public SenderRun(SenderPlan plan, Transmission transmission, ChildProcesses children, TimeProvider time)
    {
        _plan = plan;
        _time = time;
        Transmission = transmission;
        _output = plan.Output(transmission);
        _child = children.Start(plan.Program, plan.Arguments, _output.Read);
    }

    public Transmission Transmission { get; }

    /// <summary>Returns when the program has announced the transmission.</summary>
    /// <exception cref="TransmissionException">
    /// It ended instead, or does not get there within the limit; it is not running any more.
    /// </exception>
    public async Task WaitForAnnouncementAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAny(_output.Announced, _child.Exited).WaitAsync(limit, _time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            await StopAsync();
            if (e is OperationCanceledException)
                throw;
            throw Failed($"has not announced the transmission within {limit.TotalSeconds:0.#} s");
        }
        // One that has announced it and ended since has a story to tell, which is told as that of any other.
        if (!_output.Announced.IsCompleted)
            throw Failed($"ended with {await _child.Exited} before it announced the transmission");
    }

    /// <summary>Watches the program until its end and says then how the transmission went; never fails.</summary>
    public async Task<Outcome> SuperviseAsync()
    {
        using var looks = new PeriodicTimer(LookInterval, _time);
        while (!_child.Exited.IsCompleted)
        {
            var look = looks.WaitForNextTickAsync().AsTask();
            await Task.WhenAny(_child.Exited, look);
            if (!_child.Exited.IsCompleted)
                Look();
        }
        return Judge(await _child.Exited);
    }

    /// <summary>Ends the program because somebody asked for it.</summary>
    public Task CancelAsync()
    {
        _isCancelled = true;
        return StopAsync();
    }

    private async Task StopAsync()
    {
        try
        {
            await _child.StopAsync(_plan.StopSignal, _plan.StopGrace);
        }
        catch (TimeoutException)
        {
            // The kernel holds it. The transmission stays as it is until the program has really gone, and so do its ports.
        }
    }

    /// <summary>Notes the progress, and ends a program that waits for what will not come.</summary>
    private void Look()
    {
        if (_plan.FollowsFilePosition)
            FollowFilePosition();
        var snapshot = Transmission.Snapshot;
        var age = Transmission.Age;
        if (snapshot.State == TransmissionState.Sending)
            EndIf(Transmission.Silence > _plan.StallLimit, $"nothing has moved for {Seconds(_plan.StallLimit)}");
        else if (snapshot.Receivers.Count == 0)
            EndIf(age > _plan.FirstReceiverLimit, $"no receiver has come within {Seconds(_plan.FirstReceiverLimit)}");
        if (snapshot.State == TransmissionState.Waiting)
            EndIf(age > _plan.WaitLimit, $"the transmission has not begun within {Seconds(_plan.WaitLimit)}");
    }

    private void FollowFilePosition()
    {
        if (FilePosition.Of(_child.Id, RealPath.Resolve(_plan.ImagePath) ?? _plan.ImagePath) is not { } position || position == _position)
            return;
        _position = position;
        // Back at an earlier place it repeats what got lost, which is a sign of life but no progress.
        Transmission.Touch();
        Transmission.Progress(position);
    }

    private void EndIf(bool condition, string verdict)
    {
        if (!condition || _verdict is not null)
            return;
        _verdict = verdict;
        _ = StopAsync();
    }

    private Outcome Judge(ChildExit exit)
    {
        var outcome = JudgeUncancelled(exit);
        // One that had brought the image to all before the signal came was done, not cancelled.
        return _isCancelled && outcome.State != TransmissionState.Done ? new Outcome(TransmissionState.Cancelled, null) : outcome;
    }

    private Outcome JudgeUncancelled(ChildExit exit)
    {
        if (_verdict is { } verdict)
            return new Outcome(TransmissionState.Failed, verdict);
        if (FileStamp.Of(_plan.ImagePath) != Transmission.Image)
            return new Outcome(TransmissionState.Failed, "the image was changed or removed while it was being sent");
        return _output.Judge(exit);
    }

    private TransmissionException Failed(string what)
    {
        var program = Path.GetFileName(_plan.Program);
        var words = Transmission.LastWords;
        return new TransmissionException(TransmissionError.StartFailed, words is null ? $"{program} {what}" : $"{program} {what}: {words}");
    }

    private static string Seconds(TimeSpan limit) => $"{limit.TotalSeconds:0} s";
}
