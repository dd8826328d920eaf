using System.Diagnostics;
using System.Net;
using Agent.Tests.Support;
using Agent.Transmissions;

namespace Agent.Tests.Transmissions;

/// <summary>
/// A server and three clients, each in a network namespace of its own, on one bridge. They are held by processes that end with the test, so
/// that nothing has to be cleaned up.
/// </summary>
internal sealed class Classroom : ISenderNetwork, IDisposable
{
    public static readonly IPAddress ServerAddress = IPAddress.Parse("10.99.0.1");

    private readonly TemporaryDirectory _directory = new();
    private readonly List<Process> _holders = [];
    private readonly bool _asRoot;

    public Classroom()
    {
        _asRoot = Succeeds("unshare", "--net", "true");
        _holders.Add(Hold("unshare", [.. _asRoot ? [] : new[] { "--user", "--map-root-user" }, "--net", "cat"]));
        for (var client = 1; client <= 3; client++)
            _holders.Add(Hold(Programs.PathOf("nsenter")!, [.. Into(_holders[0]), "unshare", "--net", "cat"]));
        Inside(0, "ip link add br0 type bridge; ip link set br0 up");
        for (var host = 0; host < _holders.Count; host++)
            Connect(host);
    }

    /// <summary>Why there can be none on this machine, or null.</summary>
    public static string? WhyNot =>
        Programs.PathOf("ip") is null || Programs.PathOf("nsenter") is null ? "ip or nsenter is not installed"
        : Succeeds("unshare", "--net", "true") || Succeeds("unshare", "--user", "--map-root-user", "--net", "true") ? null
        : "this machine allows no network namespaces";

    /// <summary>A program in the place of another one that runs it on the server (0) or on a client (1 to 3).</summary>
    public string On(int host, string program)
    {
        var path = _directory.Write(
            $"{program}-{host}",
            $"#!/bin/sh\nexec {Programs.PathOf("nsenter")} {string.Join(' ', Into(_holders[host]))} -- {Programs.PathOf(program)} \"$@\"\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    public string? InterfaceOf(IPAddress address) => address.Equals(ServerAddress) ? "eth0" : null;

    public bool HasInterface(string name) => name == "eth0";

    public bool IsFree(int port) => true;

    public void Dispose()
    {
        foreach (var holder in _holders)
        {
            holder.Kill();
            holder.WaitForExit();
            holder.Dispose();
        }
        _directory.Dispose();
    }

    private void Connect(int host)
    {
        Inside(0, $"ip link add p{host} type veth peer name e{host}; ip link set p{host} master br0 up; ip link set e{host} netns {_holders[host].Id}");
        Inside(host, $"""
            ip link set lo up; ip link set e{host} name eth0; ip addr add 10.99.0.{host + 1}/24 brd + dev eth0
            ip link set eth0 up; ip route add default dev eth0
            """);
    }

    private void Inside(int host, string script) =>
        Programs.Run("nsenter", [.. Into(_holders[host]), "sh", "-ec", $"PATH=$PATH:/usr/sbin:/sbin\n{script}"]);

    private string[] Into(Process holder) =>
        ["-t", $"{holder.Id}", .. _asRoot ? [] : new[] { "--user", "--preserve-credentials" }, "--net"];

    /// <summary>Starts a process whose namespace lasts as long as it does: until its input is closed.</summary>
    private static Process Hold(string program, string[] arguments)
    {
        var holder = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        // An echo proves that it has come into its namespace.
        holder.StandardInput.WriteLine("there");
        holder.StandardInput.Flush();
        Assert.Equal("there", holder.StandardOutput.ReadLine());
        return holder;
    }

    private static bool Succeeds(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

/// <summary>A test that needs network namespaces; where the machine has none it says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactInClassroomAttribute : FactAttribute
{
    public FactInClassroomAttribute(params string[] programs) => Skip = Programs.WhyNotRun(programs) ?? Classroom.WhyNot;
}
