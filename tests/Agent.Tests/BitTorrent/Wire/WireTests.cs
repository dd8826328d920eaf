using Agent.BitTorrent.Bencoding;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Wire;
using Agent.Tests.BitTorrent.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.BitTorrent.Wire;

public sealed class WireTests
{
    [Fact]
    public void Only_requests_inside_the_file_are_read_whatever_the_numbers() =>
        Prop.ForAll<uint, uint, uint>((piece, begin, length) =>
        {
            var layout = new PieceLayout(10_000_000, 1 << 20);
            var read = BlockRequest.TryRead(TestPeer.Numbers(piece % 12, begin, length), layout, out var request);
            var inside = piece % 12 < 10 && length is > 0 and <= 131_072 && (ulong)begin + length <= (ulong)layout.LengthOf((int)(piece % 12));
            return read == inside && (!read || request.End <= layout.LengthOf(request.Piece));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_set_of_pieces_counts_each_piece_once() =>
        Prop.ForAll<uint[]>(pieces =>
        {
            var set = new PieceSet(100);
            var plain = new HashSet<uint>();
            foreach (var piece in pieces)
            {
                if (set.TryAdd(piece))
                    plain.Add(piece);
            }
            return set.Count == plain.Count && plain.All(piece => piece < 100);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_extension_handshake_and_metadata_message_is_read_or_refused() =>
        Prop.ForAll<byte[]>(bytes => Reads(() => ExtensionHandshake.Parse(bytes)) && Reads(() => MetadataMessage.Parse(bytes))).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("d1:md11:ut_metadatai3e6:ut_pexi1ee1:pi51413e4:reqqi512e1:v17:Transmission 3.00e", 3, 51413, "Transmission 3.00", 1, 512)]
    [InlineData("d1:md11:ut_metadatai300ee1:pi0e1:v3:\u0001a\u0080e", 0, 0, "a?", 0, 0)]
    [InlineData("d1:mi1e1:p1:x1:vi1ee", 0, 0, "", 0, 0)]
    [InlineData("de", 0, 0, "", 0, 0)]
    public void An_extension_handshake_is_read_as_far_as_it_makes_sense(
        string text, byte metadataId, ushort port, string client, byte exchangeId, int requestQueue) =>
        Assert.Equal(
            new ExtensionHandshake(metadataId, port, client) { ExchangeId = exchangeId, RequestQueue = requestQueue },
            ExtensionHandshake.Parse(System.Text.Encoding.Latin1.GetBytes(text)));

    private static bool Reads(Action read)
    {
        try
        {
            read();
        }
        catch (BencodeException)
        {
        }
        return true;
    }
}
