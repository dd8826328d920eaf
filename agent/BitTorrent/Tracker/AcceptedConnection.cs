using System.Net.Sockets;
using System.Runtime.InteropServices;
using Agent.Common;

namespace Agent.BitTorrent.Tracker;

/// <summary>A connection that never blocks, as the kernel gives it: a descriptor, to be closed or made a socket by whoever holds it.</summary>
internal readonly struct AcceptedConnection
{
    private readonly int _descriptor;

    private AcceptedConnection(int descriptor, PeerAddress remote) => (_descriptor, Remote) = (descriptor, remote);

    /// <summary>Where it comes from.</summary>
    public PeerAddress Remote { get; }

    /// <summary>The address of this machine that it came to.</summary>
    public unsafe PeerAddress Local
    {
        get
        {
            Span<byte> name = stackalloc byte[SocketCalls.LongestName];
            var length = name.Length;
            fixed (byte* first = name)
                return SocketCalls.LocalName(_descriptor, first, ref length) == 0 ? SocketCalls.AddressIn(name[..length]) : default;
        }
    }

    /// <summary>Takes the next connection; false with the reason in <see cref="Marshal.GetLastPInvokeError"/> where there is none.</summary>
    public static unsafe bool TryAccept(Socket listener, out AcceptedConnection connection)
    {
        Span<byte> name = stackalloc byte[SocketCalls.LongestName];
        var length = name.Length;
        int descriptor;
        fixed (byte* first = name)
            descriptor = SocketCalls.Accept(listener.SafeHandle, first, ref length, LibC.CloseOnExec | LibC.NonBlocking);
        connection = descriptor < 0 ? default : new AcceptedConnection(descriptor, SocketCalls.AddressIn(name[..length]));
        return descriptor >= 0;
    }

    /// <summary>What has come so far; 0 where that is nothing, −1 where nothing will come any more.</summary>
    public int Receive(Span<byte> buffer) => (int)SocketCalls.Receive(_descriptor, buffer, (nuint)buffer.Length, SocketCalls.DontWait) switch
    {
        0 => -1,
        < 0 => MayTryAgain ? 0 : -1,
        var received => received,
    };

    /// <summary>
    /// Has the last bytes sent, in one segment with the end of the connection that <see cref="Close"/> makes next: a packet and a waking of
    /// the client less than one after the other.
    /// </summary>
    /// <returns>Bytes that the kernel took at once; −1 where the other side is gone.</returns>
    public int SendLast(ReadOnlySpan<byte> bytes) =>
        (int)SocketCalls.Send(_descriptor, bytes, (nuint)bytes.Length, SocketCalls.DontWait | SocketCalls.NoSignal | SocketCalls.More) switch
        {
            < 0 => MayTryAgain ? 0 : -1,
            var sent => sent,
        };

    /// <summary>The same connection for asynchronous use; the descriptor is the socket's from now on, and closed where none can be made.</summary>
    /// <exception cref="SocketException">The connection is broken.</exception>
    public Socket ToSocket()
    {
        var handle = new SafeSocketHandle(_descriptor, ownsHandle: true);
        try
        {
            return new Socket(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Closes it; what was sent still arrives.</summary>
    public void Close() => _ = LibC.Close(_descriptor);

    private static bool MayTryAgain => Marshal.GetLastPInvokeError() is Errno.TryAgain or Errno.Interrupted;
}
