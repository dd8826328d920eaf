namespace Agent.Transmissions.Udpcast;

/// <summary>Sends images by <c>udp-sender</c>, with the options of OpenGnsys' own script.</summary>
public sealed class UdpcastSender(SenderLauncher launcher)
{
    /// <summary>SIGINT: while it sends, the program defers SIGTERM to the end.</summary>
    private const int Interrupt = 2;

    /// <summary>Starts a transmission and returns as soon as receivers can join it.</summary>
    /// <param name="imagePath">Absolute path of the image, symbolic links resolved.</param>
    /// <param name="parameters">What was asked for.</param>
    /// <param name="cancellationToken">Gives up the start; what has started is not touched by it.</param>
    /// <exception cref="TransmissionException">It could not be started; nothing is left of it.</exception>
    public Task<TransmissionSnapshot> StartAsync(string imagePath, UdpcastParameters parameters, CancellationToken cancellationToken)
    {
        var options = launcher.Options;
        // A dead receiver holds up everybody for about ten seconds less than this.
        var dropAfter = TimeSpan.FromSeconds(options.RetriesUntilDrop);
        var plan = new SenderPlan
        {
            Protocol = TransmissionProtocol.Udpcast,
            ImagePath = imagePath,
            Parameters = parameters.ToDictionary(),
            Port = parameters.Port,
            BoundPort = parameters.Port + 1,
            Program = options.UdpSender,
            Package = "udpcast",
            Arguments = Arguments(imagePath, parameters, options, launcher.Interface()),
            Output = transmission => new UdpcastOutput(transmission),
            StopSignal = Interrupt,
            StopGrace = TimeSpan.FromSeconds(2),
            FirstReceiverLimit = parameters.MaxWait > TimeSpan.Zero ? parameters.MaxWait + options.FirstReceiverSlack : options.WaitLimit,
            WaitLimit = options.WaitLimit,
            StallLimit = dropAfter + TimeSpan.FromSeconds(20),
        };
        return launcher.StartAsync(plan, cancellationToken);
    }

    private static List<string> Arguments(string imagePath, UdpcastParameters parameters, TransmissionOptions options, string network)
    {
        List<string> arguments =
        [
            "--nokbd",
            "--retries-until-drop", $"{options.RetriesUntilDrop}",
            "--portbase", $"{parameters.Port}",
            $"--{parameters.MethodName}",
            "--interface", network,
            "--max-bitrate", $"{parameters.BitRate}m",
            "--min-clients", $"{parameters.Clients}",
        ];
        if (parameters.MaxWait > TimeSpan.Zero)
            arguments.AddRange(["--max-wait", $"{(int)parameters.MaxWait.TotalSeconds}"]);
        if (options.ErrorCorrection.Length > 0)
            arguments.AddRange(["--fec", options.ErrorCorrection]);
        // With a time to live the control messages go to a group too, and broadcast receivers would never hear them.
        if (parameters.Method != UdpcastMethod.Broadcast)
            arguments.AddRange(["--mcast-data-address", parameters.Address.ToString(), "--ttl", $"{options.TimeToLive}"]);
        arguments.AddRange(["--file", imagePath]);
        return arguments;
    }
}
