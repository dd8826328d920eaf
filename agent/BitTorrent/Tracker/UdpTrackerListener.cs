using System.Net.Sockets;
using System.Runtime.InteropServices;
using Agent.Common;

namespace Agent.BitTorrent.Tracker;

/// <summary>Answers packets on a thread of its own, in batches: each costs microseconds and waits for nothing.</summary>
internal sealed class UdpTrackerListener(Socket socket, UdpAnnounceHandler handler)
{
    private readonly LastAddress _remote = new();
    private readonly LastAddress _local = new();

    /// <summary>Answers until it is stopped.</summary>
    /// <exception cref="IOException">The socket broke.</exception>
    public Task RunAsync(CancellationToken stopping) =>
        Task.Factory.StartNew(() => Run(stopping), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken stopping)
    {
        using var wait = new DescriptorWait();
        using var wake = stopping.Register(wait.Wake);
        using var batch = new DatagramBatch(socket, handler.LongestAnswer);
        while (!stopping.IsCancellationRequested)
        {
            var count = batch.Receive();
            if (count == 0)
                WaitAfter(Marshal.GetLastPInvokeError(), wait);
            for (var i = 0; i < count; i++)
            {
                var length = handler.Answer(batch.Packet(i), _remote.Of(batch.Remote(i)), _local.Of(batch.Local(i)), batch.AnswerRoom(i));
                if (length > 0)
                    batch.Answer(i, length);
            }
            batch.Send();
        }
    }

    private void WaitAfter(int error, DescriptorWait wait)
    {
        SocketCalls.ThrowIfBroken(error, "the tracker cannot receive packets");
        wait.UntilReadable((int)socket.Handle);
    }
}
