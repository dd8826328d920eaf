using System.Net.Sockets;
using System.Runtime.InteropServices;
using Agent.Common;

namespace Agent.BitTorrent.Tracker;

/// <summary>
/// Calls of Linux for a thread that serves one short question after another. .NET's sockets cost an object, an epoll registration and two
/// changes of thread each time, which was more than half of an announce. The layouts are those of 64-bit Linux, the same on x86-64 and Arm.
/// </summary>
internal static unsafe partial class SocketCalls
{
    public const int DontWait = 0x40;
    public const int NoSignal = 0x4000;
    public const int More = 0x8000;

    /// <summary>Set in <see cref="MessageHeader.Flags"/> where a packet was longer than its room.</summary>
    public const int Truncated = 0x20;

    /// <summary>Room for <c>sockaddr_in</c> and <c>sockaddr_in6</c>.</summary>
    public const int LongestName = 28;

    /// <summary>The address in a <c>sockaddr_in</c> or <c>sockaddr_in6</c>.</summary>
    public static PeerAddress AddressIn(ReadOnlySpan<byte> name) => name.Length >= LongestName
        ? PeerAddress.Of(name.Slice(8, 16))
        : PeerAddress.Of(name.Slice(4, 4));

    /// <summary>What cannot pass: the socket itself is of no use any more.</summary>
    /// <exception cref="IOException"><paramref name="error"/> is such an error.</exception>
    public static void ThrowIfBroken(int error, string what)
    {
        if (error is Errno.BadDescriptor or Errno.Fault or Errno.Invalid or Errno.NotSocket)
            throw Errno.Failure(what, error);
    }

    /// <summary>A new descriptor, or −1.</summary>
    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(SafeSocketHandle listener, byte* name, ref int nameLength, int flags);

    /// <summary>The address of this machine that a connection came to; 0, or −1.</summary>
    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    public static partial int LocalName(int descriptor, byte* name, ref int nameLength);

    /// <summary>Bytes received; 0 where the other side has ended, −1 where there is none yet or the connection is broken.</summary>
    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int descriptor, Span<byte> buffer, nuint length, int flags);

    /// <summary>Bytes taken, or −1.</summary>
    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int descriptor, ReadOnlySpan<byte> buffer, nuint length, int flags);

    /// <summary>Packets received, or −1.</summary>
    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMany(SafeSocketHandle socket, MessageHeader* messages, uint count, int flags, void* timeout);

    /// <summary>Packets sent, or −1 where the first cannot be.</summary>
    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMany(SafeSocketHandle socket, MessageHeader* messages, uint count, int flags);

    /// <summary><c>struct mmsghdr</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    internal struct MessageHeader
    {
        [FieldOffset(0)] public byte* Name;
        [FieldOffset(8)] public int NameLength;
        [FieldOffset(16)] public LibC.IoVector* Vectors;
        [FieldOffset(24)] public nuint VectorCount;
        [FieldOffset(32)] public byte* Control;
        [FieldOffset(40)] public nuint ControlLength;
        [FieldOffset(48)] public int Flags;
        [FieldOffset(56)] public int Length;
    }
}
