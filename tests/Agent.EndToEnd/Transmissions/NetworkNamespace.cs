using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Transmissions;

/// <summary>A network of its own, which lasts as long as the process that holds it: nothing has to be cleaned up. Takes root.</summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const int NewNetwork = 0x40000000;

    private readonly Process _holder;

    public NetworkNamespace()
    {
        _holder = Process.Start(new ProcessStartInfo("unshare", ["--net", "cat"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        // An echo proves that it has come into its namespace.
        _holder.StandardInput.WriteLine("there");
        _holder.StandardInput.Flush();
        if (_holder.StandardOutput.ReadLine() != "there")
            throw new InvalidOperationException(_holder.StandardError.ReadToEnd().Trim());
    }

    /// <summary>What a program is started by to be inside.</summary>
    public IReadOnlyList<string> Enter => [ExternalProgram.Find("nsenter") ?? "nsenter", "-t", Id, "--net", "--"];

    /// <summary>What <c>ip</c> calls it.</summary>
    public string Id => _holder.Id.ToString(CultureInfo.InvariantCulture);

    public Task RunAsync(string script) => ExternalProgram.RunAsync(Enter[0], [.. Enter.Skip(1), "sh", "-ec", script]);

    /// <summary>A socket that belongs to this network, wherever it is used.</summary>
    public Socket Open(SocketType type, ProtocolType protocol)
    {
        Socket? socket = null;
        Exception? failure = null;
        // A thread is in the network where it makes its sockets; this one is thrown away, since it could not come back.
        var thread = new Thread(() =>
        {
            try
            {
                using var network = File.OpenHandle($"/proc/{Id}/ns/net");
                if (SetNamespace((int)network.DangerousGetHandle(), NewNetwork) != 0)
                    throw new InvalidOperationException($"setns failed with error {Marshal.GetLastPInvokeError()}");
                socket = new Socket(AddressFamily.InterNetwork, type, protocol);
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return socket ?? throw new InvalidOperationException("no socket in the namespace", failure);
    }

    /// <summary>Reaches web servers inside.</summary>
    public HttpMessageHandler Connection() => new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = Open(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPEndPoint.Parse($"{context.DnsEndPoint.Host}:{context.DnsEndPoint.Port}"), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    public void Dispose()
    {
        _holder.Kill();
        _holder.WaitForExit();
        _holder.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int type);
}
