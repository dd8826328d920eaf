using System.Net.Sockets;
using System.Runtime.InteropServices;
using Agent.Common;

namespace Agent.BitTorrent.Tracker;

/// <summary>
/// Packets that are received by one call and answered by another (<c>recvmmsg(2)</c>, <c>sendmmsg(2)</c>), each from the address of this
/// machine that it was sent to: a machine with several addresses would else answer from one that the client has not asked. Not thread-safe.
/// </summary>
internal sealed unsafe class DatagramBatch : IDisposable
{
    /// <summary>Packets taken at once.</summary>
    private const int Size = 16;

    /// <summary>More than the longest packet that clients send, a scrape of 74 hashes.</summary>
    private const int PacketRoom = 2048;

    private const int NameRoom = 32;
    private const int ControlRoom = 64;
    private const int IpLevel = 0, IpPacketInformation = 8;
    private const int Ipv6Level = 41, Ipv6ReceivePacketInformation = 49;

    private readonly Socket _socket;
    private readonly int _answerRoom;
    private readonly byte* _memory;
    private readonly SocketCalls.MessageHeader* _questions;
    private readonly SocketCalls.MessageHeader* _answers;
    private readonly LibC.IoVector* _vectors;
    private readonly byte* _names;
    private readonly byte* _controls;
    private readonly byte* _packets;
    private readonly byte* _answerBytes;
    private int _answerCount;

    /// <summary>A batch for a bound socket, whose packets it has tell where they were sent to.</summary>
    /// <param name="socket">Stays the caller's.</param>
    /// <param name="answerRoom">Bytes that every answer fits in.</param>
    public DatagramBatch(Socket socket, int answerRoom)
    {
        _socket = socket;
        _answerRoom = answerRoom;
        socket.Blocking = false;
        var isV6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        socket.SetRawSocketOption(isV6 ? Ipv6Level : IpLevel, isV6 ? Ipv6ReceivePacketInformation : IpPacketInformation, BitConverter.GetBytes(1));
        var perPacket = 2 * sizeof(SocketCalls.MessageHeader) + 2 * sizeof(LibC.IoVector) + NameRoom + ControlRoom + PacketRoom + answerRoom;
        _memory = (byte*)NativeMemory.AllocZeroed((nuint)(Size * perPacket));
        _questions = (SocketCalls.MessageHeader*)_memory;
        _answers = _questions + Size;
        _vectors = (LibC.IoVector*)(_answers + Size);
        _controls = (byte*)(_vectors + 2 * Size);
        _names = _controls + Size * ControlRoom;
        _packets = _names + Size * NameRoom;
        _answerBytes = _packets + Size * PacketRoom;
        for (var i = 0; i < Size; i++)
            LayOut(i);
    }

    /// <summary>Takes what has come; none where <see cref="Marshal.GetLastPInvokeError"/> tells why.</summary>
    /// <returns>How many packets.</returns>
    public int Receive()
    {
        _answerCount = 0;
        for (var i = 0; i < Size; i++)
            (_questions[i].NameLength, _questions[i].ControlLength) = (NameRoom, ControlRoom); // the kernel wrote what it used
        return Math.Max(SocketCalls.ReceiveMany(_socket.SafeHandle, _questions, Size, SocketCalls.DontWait, null), 0);
    }

    /// <summary>The bytes of a packet; none where it was too long.</summary>
    public ReadOnlySpan<byte> Packet(int index) => (_questions[index].Flags & SocketCalls.Truncated) != 0
        ? default
        : new ReadOnlySpan<byte>(_packets + index * PacketRoom, _questions[index].Length);

    /// <summary>Where a packet came from.</summary>
    public PeerAddress Remote(int index) => SocketCalls.AddressIn(new ReadOnlySpan<byte>(_questions[index].Name, _questions[index].NameLength));

    /// <summary>Where a packet was sent to.</summary>
    public PeerAddress Local(int index)
    {
        var control = Control(index);
        return (IsV6(control), control.Length) switch
        {
            (false, >= 28) => PeerAddress.Of(control.Slice(24, 4)),
            (true, >= 36) => PeerAddress.Of(control.Slice(16, 16)),
            _ => default,
        };
    }

    /// <summary>Room for the answer to a packet.</summary>
    public Span<byte> AnswerRoom(int index) => new(_answerBytes + index * _answerRoom, _answerRoom);

    /// <summary>Has the first <paramref name="length"/> bytes of <see cref="AnswerRoom"/> sent by <see cref="Send"/>.</summary>
    public void Answer(int index, int length)
    {
        ForgetInterface(Control(index));
        var vector = _vectors + Size + _answerCount;
        *vector = new() { Base = _answerBytes + index * _answerRoom, Length = (nuint)length };
        _answers[_answerCount++] = new()
        {
            Name = _questions[index].Name,
            NameLength = _questions[index].NameLength,
            Vectors = vector,
            VectorCount = 1,
            Control = _questions[index].Control,
            ControlLength = _questions[index].ControlLength,
        };
    }

    /// <summary>Sends the answers. One that cannot be sent now is lost, as it may be on its way, and its client asks again.</summary>
    public void Send()
    {
        for (var next = 0; next < _answerCount;)
        {
            var sent = SocketCalls.SendMany(_socket.SafeHandle, _answers + next, (uint)(_answerCount - next), SocketCalls.DontWait | SocketCalls.NoSignal);
            next += Math.Max(sent, 1);
        }
    }

    public void Dispose() => NativeMemory.Free(_memory);

    private void LayOut(int index)
    {
        _vectors[index] = new() { Base = _packets + index * PacketRoom, Length = PacketRoom };
        _questions[index] = new()
        {
            Name = _names + index * NameRoom,
            Vectors = _vectors + index,
            VectorCount = 1,
            Control = _controls + index * ControlRoom,
        };
    }

    /// <summary><c>struct cmsghdr</c> with <c>in_pktinfo</c> or <c>in6_pktinfo</c>: the only one asked for.</summary>
    private Span<byte> Control(int index) => new(_questions[index].Control, (int)_questions[index].ControlLength);

    private static bool IsV6(ReadOnlySpan<byte> control) => control.Length >= 16 && BitConverter.ToInt32(control[8..]) == Ipv6Level;

    /// <summary>
    /// The way back is the routes' business, not the interface's it came in by; but an address of the link alone says nothing without it.
    /// </summary>
    private static void ForgetInterface(Span<byte> control)
    {
        if (!IsV6(control) && control.Length >= 20)
            control.Slice(16, 4).Clear();
        else if (control.Length >= 36 && !(control[16] == 0xFE && (control[17] & 0xC0) == 0x80))
            control.Slice(32, 4).Clear();
    }
}
