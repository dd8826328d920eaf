using System.Buffers;
using Agent.BitTorrent.Bencoding;

namespace Agent.Tests.BitTorrent.Bencoding;

public sealed class BencodeWriterTests
{
    [Fact]
    public void A_key_out_of_order_is_not_written()
    {
        var writer = new BencodeWriter(new ArrayBufferWriter<byte>());
        writer.BeginDictionary();
        writer.WriteKey("b"u8);
        writer.WriteInteger(1);

        Assert.Throws<InvalidOperationException>(() => writer.WriteKey("a"u8));
    }
}
