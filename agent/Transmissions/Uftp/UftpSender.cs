namespace Agent.Transmissions.Uftp;

/// <summary>Sends images by <c>uftp</c> to receivers that run <c>uftpd</c> and listen already.</summary>
public sealed class UftpSender(SenderLauncher launcher)
{
    /// <summary>SIGTERM: the program tells its receivers, which then remove what they have.</summary>
    private const int Terminate = 15;

    /// <summary>Starts a transmission and returns as soon as it is being announced.</summary>
    /// <param name="imagePath">Absolute path of the image, symbolic links resolved.</param>
    /// <param name="parameters">What was asked for.</param>
    /// <param name="cancellationToken">Gives up the start; what has started is not touched by it.</param>
    /// <exception cref="TransmissionException">It could not be started; nothing is left of it.</exception>
    public Task<TransmissionSnapshot> StartAsync(string imagePath, UftpParameters parameters, CancellationToken cancellationToken)
    {
        var options = launcher.Options;
        // The program ends by itself when nobody comes; these limits are for one that does not.
        var limit = parameters.Wait + options.FirstReceiverSlack;
        var plan = new SenderPlan
        {
            Protocol = TransmissionProtocol.Uftp,
            ImagePath = imagePath,
            Parameters = parameters.ToDictionary(),
            Port = parameters.Port,
            Program = options.Uftp,
            Package = "uftp",
            Arguments = Arguments(imagePath, parameters, options, launcher.Interface()),
            Output = transmission => new UftpOutput(transmission),
            StopSignal = Terminate,
            StopGrace = TimeSpan.FromSeconds(5),
            FirstReceiverLimit = limit,
            WaitLimit = limit + limit,
            StallLimit = TimeSpan.FromMinutes(5),
            FollowsFilePosition = true,
        };
        return launcher.StartAsync(plan, cancellationToken);
    }

    private static List<string> Arguments(string imagePath, UftpParameters parameters, TransmissionOptions options, string network)
    {
        var (repeats, roundTrip) = Window(parameters.Wait);
        List<string> arguments =
        [
            "-M", parameters.Address.ToString(),
            "-p", $"{parameters.Port}",
            "-t", $"{options.TimeToLive}",
            "-I", network,
            "-R", $"{parameters.BitRate}",
            "-Y", "none",
            "-l",
            "-r", $"{roundTrip:0.###}:{roundTrip:0.###}:15",
            "-s", $"{repeats}",
            "-S", "@LOG",
        ];
        // One group for announcement and data is one group less for the switches to know.
        if (parameters.IsMulticast)
            arguments.AddRange(["-P", parameters.Address.ToString()]);
        if (parameters.Clients.Count > 0)
            arguments.AddRange(["-H", string.Join(',', parameters.Clients)]);
        arguments.Add(imagePath);
        return arguments;
    }

    /// <summary>
    /// The announcement is repeated every three round trip times. Only where the smallest round trip time is fixed too does the program
    /// keep to that once the first receiver has answered, instead of starting without all others.
    /// </summary>
    private static (int Repeats, double RoundTrip) Window(TimeSpan wait)
    {
        const int announcementsPerRoundTrip = 3;
        var repeats = wait < TimeSpan.FromSeconds(10) ? 10 : 20;
        return (repeats, Math.Max(0.01, wait.TotalSeconds / (repeats * announcementsPerRoundTrip)));
    }
}
