using System.Text;
using Agent.BitTorrent.Bencoding;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.BitTorrent.Bencoding;

public sealed class BencodeReaderTests
{
    [Theory]
    [InlineData("i0e", 0)]
    [InlineData("i-1e", -1)]
    [InlineData("i9223372036854775807e", long.MaxValue)]
    [InlineData("i-9223372036854775808e", long.MinValue)]
    public void Reads_integers(string text, long expected)
    {
        var reader = new BencodeReader(Encoding.ASCII.GetBytes(text));

        Assert.Equal(expected, reader.ReadInteger());
        reader.Finish();
    }

    [Theory]
    [InlineData("")]
    [InlineData("i-0e")]
    [InlineData("i01e")]
    [InlineData("i-01e")]
    [InlineData("ie")]
    [InlineData("i-e")]
    [InlineData("i+1e")]
    [InlineData("i 1e")]
    [InlineData("i1")]
    [InlineData("i9223372036854775808e")]
    [InlineData("i-9223372036854775809e")]
    [InlineData("i99999999999999999999999999999999999999999e")]
    [InlineData("03:abc")]
    [InlineData("4:abc")]
    [InlineData("-1:a")]
    [InlineData("3abc")]
    [InlineData("9223372036854775808:a")]
    [InlineData("99999999999999999999999999:a")]
    [InlineData("l")]
    [InlineData("li1e")]
    [InlineData("d")]
    [InlineData("d1:a")]
    [InlineData("d1:ae")]
    [InlineData("di1ei2ee")]
    [InlineData("d1:bi1e1:ai2ee")]
    [InlineData("d1:ai1e1:ai2ee")]
    [InlineData("d2:aai1e1:ai2ee")]
    [InlineData("e")]
    [InlineData("x")]
    [InlineData("i1ei2e")]
    [InlineData("1:ab")]
    public void Refuses_what_is_not_canonical(string text) =>
        Assert.Throws<BencodeException>(() => ReadAll(Encoding.Latin1.GetBytes(text)));

    [Fact]
    public void Refuses_ten_thousand_levels_without_following_them()
    {
        Assert.Throws<BencodeException>(() => ReadAll(Encoding.ASCII.GetBytes(new string('l', 10_000))));
        Assert.Throws<BencodeException>(() => ReadAll(Encoding.ASCII.GetBytes(new string('l', 17) + new string('e', 17))));
        ReadAll(Encoding.ASCII.GetBytes(new string('l', 16) + new string('e', 16)));
    }

    [Fact]
    public void Returns_the_exact_bytes_of_a_value()
    {
        var reader = new BencodeReader("d4:infod3:fooi1ee4:zzzz1:xe"u8);
        reader.EnterDictionary();
        Assert.True(reader.NextKey(out _));

        Assert.True(reader.ReadRaw().SequenceEqual("d3:fooi1ee"u8));
    }

    [Fact]
    public void Any_bytes_are_a_value_or_a_clear_error() =>
        Prop.ForAll<byte[]>(bytes => ReadsOrRefuses(bytes)).QuickCheckThrowOnFailure();

    [Fact]
    public void A_changed_byte_gives_a_value_or_a_clear_error() =>
        Prop.ForAll(BencodeValues.Any().ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (value, seed) =>
        {
            var bytes = value.Write();
            bytes[seed % bytes.Length] = (byte)(seed >> 8);
            return ReadsOrRefuses(bytes) && ReadsOrRefuses(bytes[..(seed % bytes.Length)]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_written_is_read_back_to_the_byte() =>
        Prop.ForAll(BencodeValues.Any().ToArbitrary(), value =>
        {
            var bytes = value.Write();
            return BencodeValues.Read(bytes).Write().AsSpan().SequenceEqual(bytes);
        }).QuickCheckThrowOnFailure();

    private static bool ReadsOrRefuses(byte[] bytes)
    {
        try
        {
            ReadAll(bytes);
        }
        catch (BencodeException e)
        {
            return e.Offset >= 0 && e.Offset <= bytes.Length;
        }
        return true;
    }

    private static void ReadAll(ReadOnlySpan<byte> bytes)
    {
        var reader = new BencodeReader(bytes);
        reader.ReadRaw();
        reader.Finish();
    }
}
