using Agent.Common;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Common;

public sealed class ZstdFrameTests
{
    [Fact]
    public void What_is_packed_comes_out_again() => Prop.ForAll<byte[]>(data =>
    {
        var frame = new byte[data.Length + 1024];
        var unpacked = new byte[data.Length];

        var length = ZstdFrame.Pack(data, frame);

        Assert.True(ZstdFrame.TryUnpack(frame.AsSpan(0, length), unpacked));
        Assert.Equal(data, unpacked);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_nonsense_harms() => Prop.ForAll<byte[], byte>((frame, length) =>
        Assert.False(ZstdFrame.TryUnpack(frame, new byte[length + 1]))).QuickCheckThrowOnFailure();

    [Fact]
    public void What_does_not_become_smaller_is_not_packed()
    {
        var data = new byte[100_000];
        new Random(1).NextBytes(data);

        Assert.Equal(0, ZstdFrame.Pack(data, new byte[99_000]));
    }

    [Fact]
    public void A_frame_of_another_length_is_refused()
    {
        var frame = new byte[1000];
        var length = ZstdFrame.Pack(new byte[5000], frame);

        Assert.False(ZstdFrame.TryUnpack(frame.AsSpan(0, length), new byte[4999]));
        Assert.False(ZstdFrame.TryUnpack(frame.AsSpan(0, length), new byte[5001]));
        Assert.False(ZstdFrame.TryUnpack(frame.AsSpan(0, length - 1), new byte[5000]));
    }
}
