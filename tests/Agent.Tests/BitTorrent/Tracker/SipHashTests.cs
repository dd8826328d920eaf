using Agent.BitTorrent.Tracker;

namespace Agent.Tests.BitTorrent.Tracker;

public sealed class SipHashTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];

    /// <summary>The example of the paper's appendix and the first values of the table for the same key.</summary>
    [Theory]
    [InlineData(15, 0xA129CA6149BE45E5)]
    [InlineData(0, 0x726FDB47DD0E0E31)]
    [InlineData(1, 0x74F839C593DC67FD)]
    [InlineData(8, 0x93F5F5799A932462)]
    public void Published_values_come_out(int length, ulong hash) =>
        Assert.Equal(hash, SipHash.Of(Key, Key.AsSpan(0, length)));

    [Fact]
    public void Another_key_gives_another_hash() =>
        Assert.NotEqual(SipHash.Of(Key, Key), SipHash.Of([.. Key[1..], 0], Key));
}
