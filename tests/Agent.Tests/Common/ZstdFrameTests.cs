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

    /// <summary>Of eight samples two that are zeros save enough, one does not.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(8, true)]
    public void A_few_samples_tell_whether_packing_is_worth_it(int eighths, bool isWorthIt)
    {
        var data = new byte[800_000];
        new Random(1).NextBytes(data);
        data.AsSpan(0, eighths * data.Length / 8).Clear();

        Assert.Equal(isWorthIt, ZstdFrame.IsWorthPacking(data));
    }

    [Fact]
    public void Of_little_data_nothing_is_said_beforehand() => Assert.True(ZstdFrame.IsWorthPacking(new byte[100]));

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
