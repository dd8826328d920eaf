using System.Diagnostics;
using System.Net;
using Agent.Common.Processes;
using Agent.Tests.Support;
using Agent.Transmissions;
using Agent.Transmissions.Udpcast;
using Agent.Transmissions.Uftp;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tests.Transmissions;

/// <summary>An agent's sending half on this machine's loopback interface, with real senders and receivers.</summary>
internal sealed class SenderLab : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _directory = new();
    private readonly ChildProcesses _children = new($"tests {Guid.NewGuid()}");
    private readonly List<Process> _receivers = [];

    public SenderLab(Func<TransmissionOptions, TransmissionOptions>? change = null, ISenderNetwork? network = null)
    {
        var options = new TransmissionOptions { Advertise = IPAddress.Loopback, FirstPort = 1024, LastPort = 65534 };
        Options = change is null ? options : change(options);
        Registry = new TransmissionRegistry(Options);
        var launcher = new SenderLauncher(
            Registry, _children, network ?? new SenderNetwork(), Options, TimeProvider.System, NullLogger<SenderLauncher>.Instance);
        Udpcast = new UdpcastSender(launcher);
        Uftp = new UftpSender(launcher);
    }

    public TransmissionOptions Options { get; }

    public TransmissionRegistry Registry { get; }

    public UdpcastSender Udpcast { get; }

    public UftpSender Uftp { get; }

    public string this[string relative] => _directory[relative];

    public static UdpcastParameters UdpcastTo(int clients = 1, int? port = null, int rate = 300, int maxWait = 20) =>
        new(port ?? FreePair(), UdpcastMethod.FullDuplex, IPAddress.Parse("239.194.17.2"), rate, clients, TimeSpan.FromSeconds(maxWait));

    public static UftpParameters UftpTo(int? port = null, int kilobits = 300_000, int wait = 3) =>
        new(port ?? FreePair(), IPAddress.Loopback, kilobits, TimeSpan.FromSeconds(wait), []);

    /// <summary>An image of random bytes, so that nothing compares equal by chance.</summary>
    public string Image(int length = 3_000_000, string name = "image.img")
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        return _directory.Write(name, content);
    }

    /// <summary>A program that does what a script says, in the place of a sender.</summary>
    public string Script(string body)
    {
        var path = _directory.Write($"script-{Guid.NewGuid():N}", $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>Starts a receiver of UDPcast that knows the sender's address range, as one started before it has to.</summary>
    public Process UdpReceiver(int port, string file) => Receive(
        "udp-receiver", "--nokbd", "--portbase", $"{port}", "--interface", "lo", "--ttl", "16",
        "--start-timeout", "30", "--receive-timeout", "10", "--file", this[file]);

    /// <summary>Starts a receiver of UFTP and waits until it listens.</summary>
    public Process UftpReceiver(int port, string directory)
    {
        Directory.CreateDirectory(this[directory]);
        var receiver = Receive(
            "uftpd", "-d", "-q", "-I", "lo", "-M", "239.194.17.2", "-p", $"{port}", "-U", "0x00000001", "-D", this[directory]);
        WaitUntil(() => !new SenderNetwork().IsFree(port));
        return receiver;
    }

    /// <summary>The sender's process, found by the image that it was given.</summary>
    public static Process SenderOf(string imagePath)
    {
        var found = Directory.EnumerateDirectories("/proc")
            .Select(directory => Path.GetFileName(directory))
            .Where(name => name.All(char.IsAsciiDigit) && Arguments(name) is [var program, .., var last]
                && last == imagePath && Path.GetFileName(program) is "udp-sender" or "uftp");
        return Process.GetProcessById(int.Parse(found.Single()));
    }

    public static bool HasSender(string imagePath) =>
        Directory.EnumerateDirectories("/proc").Any(directory => Arguments(Path.GetFileName(directory)) is [.., var last] && last == imagePath);

    public async Task<TransmissionSnapshot> WaitFor(string id, Predicate<TransmissionSnapshot> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await foreach (var snapshot in Registry.WatchAsync(limit.Token))
            {
                if (snapshot.Id == id && condition(snapshot))
                    return snapshot;
            }
        }
        catch (OperationCanceledException)
        {
        }
        throw new TimeoutException($"never came to be: {Registry.Find(id)}\n{string.Join('\n', Registry.Find(id)?.Log ?? [])}");
    }

    public Task<TransmissionSnapshot> WaitForEnd(string id) => WaitFor(id, snapshot => snapshot.HasEnded);

    public Process Receive(string program, params string[] arguments)
    {
        var receiver = Process.Start(new ProcessStartInfo(program.Contains('/') ? program : Programs.PathOf(program)!, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        receiver.BeginErrorReadLine();
        receiver.BeginOutputReadLine();
        _receivers.Add(receiver);
        return receiver;
    }

    /// <summary>An even port that is free, with the one above it.</summary>
    public static int FreePair()
    {
        var network = new SenderNetwork();
        int port;
        do
            port = Random.Shared.Next(10_000, 30_000) * 2;
        while (port > 60_000 || !network.IsFree(port) || !network.IsFree(port + 1));
        return port;
    }

    /// <summary>A free pair of those that clients of OpenGnsys accept.</summary>
    public static int FreeClassroomPair()
    {
        const int pairs = 50;
        var network = new SenderNetwork();
        var first = Random.Shared.Next(pairs);
        return Enumerable.Range(first, pairs).Select(pair => 9000 + pair % pairs * 2).First(port => network.IsFree(port) && network.IsFree(port + 1));
    }

    public static void AssertSame(string expected, string actual) =>
        Assert.True(File.ReadAllBytes(expected).AsSpan().SequenceEqual(File.ReadAllBytes(actual)), $"{actual} differs from {expected}");

    public static void WaitUntil(Func<bool> condition)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit);
            Thread.Sleep(5);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Registry.DisposeAsync();
        await _children.DisposeAsync();
        foreach (var receiver in _receivers)
        {
            receiver.Kill();
            receiver.Dispose();
        }
        _directory.Dispose();
    }

    private static string[] Arguments(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").TrimEnd('\0').Split('\0');
        }
        catch (IOException)
        {
            return [];
        }
    }
}
