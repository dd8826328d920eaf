using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using Agent.BitTorrent.Bencoding;

namespace Agent.BitTorrent.Wire;

/// <summary>Messages of <c>ut_pex</c> (BEP 11): peers tell each other whom they are linked to.</summary>
internal static class PeerExchange
{
    /// <summary>Peers named in one message; more is flooding.</summary>
    public const int MaxPeers = 50;

    private const int IPv4Length = 6;
    private const int IPv6Length = 18;

    /// <summary>Reads the peers that were added, the first <see cref="MaxPeers"/> of each family.</summary>
    /// <exception cref="BencodeException">The dictionary is damaged.</exception>
    public static List<IPEndPoint> ReadAdded(ReadOnlySpan<byte> payload)
    {
        var added = new List<IPEndPoint>();
        var reader = new BencodeReader(payload);
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            if (key.SequenceEqual("added"u8) && reader.Peek() == BencodeKind.String)
                ReadCompact(reader.ReadString(), IPv4Length, added);
            else if (key.SequenceEqual("added6"u8) && reader.Peek() == BencodeKind.String)
                ReadCompact(reader.ReadString(), IPv6Length, added);
            else
                reader.ReadRaw();
        }
        return added;
    }

    /// <summary>Writes a whole message that names peers.</summary>
    /// <param name="extension">The id of <c>ut_pex</c> at the receiver.</param>
    /// <param name="added">At most <see cref="MaxPeers"/>.</param>
    public static byte[] Write(byte extension, IReadOnlyCollection<IPEndPoint> added)
    {
        var output = new ArrayBufferWriter<byte>(256);
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        WritePeers(writer, added, IPv4Length, "added"u8, "added.f"u8);
        WritePeers(writer, added, IPv6Length, "added6"u8, "added6.f"u8);
        writer.WriteKey("dropped"u8);
        writer.WriteString(default(ReadOnlySpan<byte>));
        writer.End();
        var message = new byte[MessageFrame.PrefixLength + 2 + output.WrittenCount];
        output.WrittenSpan.CopyTo(message.AsSpan(MessageWriter.ExtendedHead(message, extension, output.WrittenCount)));
        return message;
    }

    /// <summary>Reads endpoints of <paramref name="length"/> bytes each, as trackers and peers write them; port 0 is nobody.</summary>
    public static void ReadCompact(ReadOnlySpan<byte> bytes, int length, List<IPEndPoint> into, int most = MaxPeers)
    {
        for (; bytes.Length >= length && most > 0; bytes = bytes[length..], most--)
        {
            var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[(length - 2)..]);
            if (port != 0)
                into.Add(new IPEndPoint(new IPAddress(bytes[..(length - 2)]).Unmapped(), port));
        }
    }

    private static void WritePeers(
        BencodeWriter writer, IEnumerable<IPEndPoint> peers, int length, ReadOnlySpan<byte> key, ReadOnlySpan<byte> flagsKey)
    {
        var bytes = new List<byte>();
        foreach (var peer in peers)
        {
            var address = peer.Address.GetAddressBytes();
            if (address.Length + 2 == length)
                bytes.AddRange([.. address, (byte)(peer.Port >> 8), (byte)peer.Port]);
        }
        writer.WriteKey(key);
        writer.WriteString(bytes.ToArray().AsSpan());
        writer.WriteKey(flagsKey);
        writer.WriteString(new byte[bytes.Count / length].AsSpan());
    }
}
